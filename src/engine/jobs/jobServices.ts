import type { ImageSource } from '../../shared/image';
import type { JobContext } from '../../shared/rpc/protocol';
import type { StudyRequest } from '../../shared/study';
import type { ImageEmbedder } from '../clip/imageEmbedder';
import type { Preprocessing } from '../clip/preprocessing';
import type { TextEncoder } from '../clip/textEncoder';
import type { ComponentTables } from '../components/componentTables';
import type { TextVectors } from '../components/textVectors';
import type { Embedder, Library } from '../library/library';
import type { Study } from '../study';

export type JudgeImages = Pick<ImageEmbedder, 'embed' | 'imagesPerRun'>;

/** Says what pictures show: a CLIP with its raw image embeddings and its text embeddings. */
export interface Judge {
  readonly embedder: Embedder;
  readonly text: TextEncoder;
  /** Null where the model under study judges itself. */
  readonly id: string | null;
  /** What it makes of pictures. */
  readonly preprocessing: Preprocessing;
  /** Its image tower, and the same for work in the background. */
  readonly images: JudgeImages;
  readonly background: JudgeImages;
  /** Raw embedding of one image. Throws ClipsightError `image`. */
  embed(image: ImageSource, job: Pick<JobContext, 'signal'>): Promise<Float32Array>;
}

/** What the jobs about libraries and components need of the engine. */
export interface JobServices {
  readonly threads: number | undefined;
  /** The bundled list of nouns, one per line. */
  readonly nounsFile: string;
  /** Runs jobs that compute one after the other. What runs in turn must not ask for a turn. */
  readonly inTurn: <T>(job: () => Promise<T>) => Promise<T>;
  /** To be called in turn; what it gives is good for that turn only. */
  studyFor(request: StudyRequest, job: JobContext): Promise<Study>;
  /**
   * As `studyFor`, and after it in the same turn. Null is the model of the study itself, and so is that model by its
   * own name.
   */
  judgeFor(judge: string | null, study: Study, job: JobContext): Promise<Judge>;
  /**
   * What is open, if it is what is asked for and none of its files changed; else null. Without a turn: good for its
   * names and keys, not for computing.
   */
  openNow(
    request: StudyRequest,
    judge: string | null,
  ): Promise<{ readonly study: Study; readonly judge: Judge } | null>;
  /** Rejects with ClipsightError `checkpoint` where files that the open study or judge was read from changed. */
  demandUnchanged(): Promise<void>;
  /** The library of a file, opened once and shared. Throws ClipsightError `library`. */
  libraryAt(file: string): Promise<Library>;
  /** What is known of all components, and texts as judges read them: kept once for all jobs. */
  readonly tables: ComponentTables;
  readonly texts: TextVectors;
}
