/** One line about a model or a dictionary: what the tree shows, before it is drawn. */
export interface Row {
  /** Names the row among its neighbours, whatever the language. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Sentences and facts beyond the line, one per paragraph. Plain text. */
  readonly details?: readonly string[];
  readonly tone?: RowTone;
  /** Rows below it. */
  readonly rows?: readonly Row[];
  /** A file that a click shows. */
  readonly file?: string;
  readonly action?: RowAction;
}

export type RowTone = 'good' | 'warning' | 'error' | 'busy' | 'untested';

/** What a person can do about a row beside reading it. */
export type RowAction = 'runSelfTest' | 'forgetAcceptance' | 'retry';
