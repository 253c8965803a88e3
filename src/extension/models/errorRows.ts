import { l10n } from 'vscode';
import type { ErrorInfo } from '../../shared/errors';
import type { Row, RowAction } from './row';

/**
 * What went wrong and what to do about it, in place of what was asked for; `again` asks for it anew.
 * @param source what the rows are below: said once more it would fill the line
 */
export function errorRows(error: ErrorInfo, source = '', again: RowAction = 'retry'): Row[] {
  const { code, message, remedy } = error;
  if (code === 'not-here') return [remoteRow(message)];
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

/** What is on the hub only is no error: it has not been downloaded yet. */
function remoteRow(message: string): Row {
  return {
    id: 'notHere',
    label: l10n.t('Not on this machine'),
    details: [message],
    tone: 'remote',
    action: 'download',
  };
}

function shortened(message: string, source: string): string {
  if (source === '') return message;
  const name = source.split(/[\\/]/).at(-1) || source;
  return message.replaceAll(`${source}/`, '').replaceAll(`${source}\\`, '').replaceAll(source, name);
}
