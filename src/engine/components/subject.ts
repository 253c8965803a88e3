import type { JobContext } from '../../shared/rpc/protocol';
import type { StudyInfo } from '../../shared/study';
import type { TextEncoder } from '../clip/textEncoder';
import type { Embedder } from '../library/library';
import type { Study } from '../study';
import type { TokenRegions } from './tokenRegions';

/** What jobs about components need to know of a study and its judge, also when neither is open. */
export interface Subject {
  readonly study: StudyInfo;
  /** Components of the dictionary. */
  readonly size: number;
  /** Key of the embeddings of the model under study. */
  readonly embedder: string;
  readonly judge: {
    /** Key of its embeddings. */
    readonly key: string;
    readonly embedder: Embedder;
    /** Null where the model judges itself. */
    readonly id: string | null;
    /** The judging model's own id. */
    readonly name: string;
    /** Length of its embeddings. */
    readonly embeddingSize: number;
  };
  readonly regions: TokenRegions;
}

/** A study and its judge for as long as a turn lasts. */
export interface Turn {
  readonly study: Study;
  readonly judge: { readonly text: Pick<TextEncoder, 'embed'> };
}

/** Runs with the study and the judge of the subject open, while no other job computes. */
export type InTurn = <T>(job: JobContext, use: (turn: Turn) => Promise<T>) => Promise<T>;
