import type { ComparedColumn } from '../../shared/compareProtocol';

/** As the command line names a direction: a prompt by what is scored, an ensemble by its class. */
export function columnName({ texts, scored, text }: ComparedColumn): string {
  return texts === 1 ? (scored ?? text) : text;
}
