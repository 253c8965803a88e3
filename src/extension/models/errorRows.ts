import { l10n } from 'vscode';
import type { ErrorInfo } from '../../shared/errors';
import type { Row, RowAction } from './row';

/**
 * What went wrong and what to do about it, in place of what was asked for; `again` asks for it anew.
 * @param source what the rows are below: said once more it would fill the line
 */
export function errorRows({ message, remedy }: ErrorInfo, source = '', again: RowAction = 'retry'): Row[] {
  return [
    {
      id: 'error',
      label: shortened(message, source),
      details: [message, ...(remedy === undefined ? [] : [remedy])],
      tone: 'error',
      action: again,
    },
    ...(remedy === undefined
      ? []
      : [{ id: 'remedy', label: remedy, details: [l10n.t('What helps: {0}', remedy)] }]),
  ];
}

function shortened(message: string, source: string): string {
  if (source === '') return message;
  const name = source.split(/[\\/]/).at(-1) || source;
  return message.replaceAll(`${source}/`, '').replaceAll(`${source}\\`, '').replaceAll(source, name);
}
