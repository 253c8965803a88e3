import type { Annotation, FileFailure, LibraryAccess } from '../../shared/library';
import type { JobContext } from '../../shared/rpc/protocol';
import type { ModelInfo, StudyIdentity } from '../../shared/study';
import type { Rows } from '../semantics/rows';

/** A CLIP whose raw image embeddings the library keeps: the model under study, or a judge. */
export interface Embedder {
  /** Names every embedding it gives: a hash of all that decides what its embeddings are. */
  readonly key: string;
  readonly info: ModelInfo;
}

/** What the library keeps under one AnalysisKey. Nothing of one is ever given for another. */
export interface LibraryStudy {
  readonly info: StudyIdentity;
  /** The model under study. */
  readonly embedder: Embedder;
}

/** An image file as it was when it was last looked at. Its picture is named by the SHA-256 of its bytes. */
export interface LibraryFile {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  /** Null where it could not be read at all. */
  readonly sha256: string | null;
  /** Folder of the file relative to its root, with slashes; `.` for the root itself. */
  readonly classFolder: string;
  /** Why there is no picture in it; null where there is one. */
  readonly failure: string | null;
}

/** What one picture gave in one study. */
export interface PictureCodes {
  /** Components active on some token, ascending. */
  readonly components: Int32Array;
  /** Largest activation over the selected tokens, and their mean (silent ones count as 0). One per component. */
  readonly max: Float32Array;
  readonly mean: Float32Array;
  /** Token of the largest activation, as in the model: CLS is 0 where there is one. */
  readonly token: Int32Array;
  /** Contribution vectors d_j, [components, embedding]; null where they are not to be kept. Also of codes that are there. */
  readonly contributions: Float32Array | null;
}

/** What was found out about one picture; parts that are null were not asked for. */
export interface NewPicture {
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly codes: PictureCodes | null;
  /** Raw embedding of the model under study. */
  readonly embedding: Float32Array | null;
  /** Raw embedding of the judge. */
  readonly judged: Float32Array | null;
}

/**
 * All that one transaction adds: either all of it is in the library afterwards, or nothing. Contributions alone wait to
 * be written in one file with those of other pictures, at the latest with `writeContributions`, `settle` or `close`. A
 * process that is killed before loses them, and `lackingContributions` names their pictures.
 */
export interface Batch {
  readonly pictures: readonly NewPicture[];
  /** Files seen; a file that is known already is replaced. */
  readonly files: readonly LibraryFile[];
}

/** The pictures of a study: those that have codes and a file, in the order of their SHA-256. */
export interface Pictures {
  readonly sha256: readonly string[];
  readonly width: Int32Array;
  readonly height: Int32Array;
  /** The first of its files by path. */
  readonly paths: readonly string[];
}

/** Activations of a study, as they come: entry n is of picture `pictures[n]`, by its number in `Pictures`. */
export interface ActivationChunk {
  readonly pictures: Int32Array;
  readonly components: Int32Array;
  readonly max: Float32Array;
  readonly mean: Float32Array;
  readonly tokens: Int32Array;
}

/** Raw embeddings, as they come: row n is of picture `pictures[n]`, by its number in `Pictures`. */
export interface EmbeddingChunk {
  readonly pictures: Int32Array;
  /** [pictures, embedding] */
  readonly rows: Rows;
}

/** Contribution vectors of a component, by the number of the picture in `Pictures`. [pictures, embedding] */
export interface ComponentContributions {
  readonly pictures: Int32Array;
  readonly contributions: Rows;
}

/** What the contribution vectors of a study take. */
export interface ContributionSize {
  /** On disk. */
  readonly bytes: number;
  /** Of them, about, those of vectors that belong to no picture any more: files are written anew when most of them do. */
  readonly dead: number;
  /** Pictures in files. */
  readonly pictures: number;
  /** Vectors that are kept, in files or waiting. */
  readonly vectors: number;
}

/**
 * Sum over pictures of a class folder of c_j = (d_j − v·(v·d_j))/‖e‖, so that ⟨Σ c_j, u⟩ is the sum of the attributions
 * of a cosine with the unit vector u (method.md). Of the components that were active in one of them.
 */
export interface ClassSum {
  readonly classFolder: string;
  /** Pictures summed, SHA-256. */
  readonly pictures: readonly string[];
  /** Ascending. */
  readonly components: Int32Array;
  /** [components, embedding] */
  readonly sums: Rows;
}

/** A class sum is of the class where all three numbers are equal. */
export interface ClassCount {
  readonly name: string;
  /** Pictures that are summed. */
  readonly summed: number;
  /** Pictures that the class has. */
  readonly pictures: number;
  /** Pictures that it has and that are summed. */
  readonly both: number;
}

/**
 * The index of a person's images: one DuckDB file, with contribution vectors as Parquet files in the folder
 * `<file>.contributions` and snapshots in `<file>.snapshots` beside it. Every method rejects with ClipsightError `library`
 * where the file cannot be read or written; those that write also where another process owns the library.
 */
export interface Library {
  readonly file: string;
  readonly access: LibraryAccess;
  /** Another number after every change of files, pictures, their codes or their embeddings. */
  readonly version: number;

  // What is in it.
  studies(): Promise<readonly LibraryStudy[]>;
  /** Files below the folder (all of them for null), in the order of their paths. */
  files(folder: string | null): Promise<readonly LibraryFile[]>;
  counts(): Promise<{ readonly files: number; readonly pictures: number }>;
  failures(): Promise<readonly FileFailure[]>;
  /** Of the pictures named, those that lack codes of the study, or an embedding. */
  lacking(
    sha256: readonly string[],
    need: { readonly study: string; readonly embedders: readonly string[] },
  ): Promise<{ readonly codes: ReadonlySet<string>; readonly embeddings: readonly ReadonlySet<string>[] }>;
  /**
   * Of the pictures named, those with codes whose contributions are not kept, and how many vectors that would be. Where no
   * component is active there is nothing to keep.
   */
  lackingContributions(study: string, sha256: readonly string[]): Promise<ReadonlyMap<string, number>>;
  pictures(study: string): Promise<Pictures>;
  /** All activations of a study, with pictures numbered as in `pictures`, which must be of the same version. */
  activations(study: string, pictures: Pictures): AsyncGenerator<ActivationChunk>;
  /** Those of one component, in the order of the pictures. */
  activationsOf(study: string, component: number, pictures: Pictures): Promise<ActivationChunk>;
  /** Raw embeddings of the pictures, in their order: [pictures, embedding], and which are there. */
  embeddings(
    embedder: string,
    sha256: readonly string[],
  ): Promise<{ readonly rows: Rows; readonly present: Uint8Array }>;
  /** Raw embeddings of all pictures that have one, in no order; the pictures must be of the same version. */
  allEmbeddings(embedder: string, pictures: Pictures): AsyncGenerator<EmbeddingChunk>;
  /** Of the pictures whose contributions are kept. */
  contributionsOf(study: string, component: number, pictures: Pictures): Promise<ComponentContributions>;
  /** Contributions of one picture, with its components; null where they are not kept. */
  contributionsIn(
    study: string,
    sha256: string,
  ): Promise<{ readonly components: Int32Array; readonly contributions: Rows } | null>;
  /** Number of components that fire in some picture. */
  liveComponents(study: string): Promise<number>;
  contributionSize(study: string): Promise<ContributionSize>;
  /** Classes of a study: those that have pictures with codes, or something summed. */
  classes(study: string): Promise<readonly ClassCount[]>;
  /** Null where nothing is summed yet. */
  classSum(study: string, classFolder: string): Promise<ClassSum | null>;
  /** The rows of one component in the sums of all classes in which it was active, [embedding] each. */
  classSumsOf(
    study: string,
    component: number,
  ): Promise<readonly { readonly classFolder: string; readonly sum: Float32Array }[]>;
  annotations(study: string): Promise<ReadonlyMap<number, Annotation>>;
  /** Unit text embeddings that were kept, by text. */
  texts(embedder: string, texts: readonly string[]): Promise<ReadonlyMap<string, KeptText>>;
  thumbnail(sha256: string, size: number): Promise<KeptThumbnail | null>;
  /** Results that were kept (`keep`), by name; none where another process owns the library. */
  kept(names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** The files that had these pictures when they were last looked at, by path. */
  filesOf(sha256: readonly string[]): Promise<readonly LibraryFile[]>;
  /** A file with this picture; null where there is none. */
  fileOf(sha256: string): Promise<string | null>;

  // What changes it. One transaction each.
  useStudy(study: LibraryStudy): Promise<void>;
  useEmbedder(embedder: Embedder): Promise<void>;
  add(
    batch: Batch,
    into: { readonly study: string; readonly model: string; readonly judge: string | null },
  ): Promise<void>;
  removeFiles(paths: readonly string[]): Promise<void>;
  /** Replaces what is kept of the class. */
  setClassSum(study: string, sum: ClassSum): Promise<void>;
  annotate(study: string, component: number, annotation: Annotation): Promise<void>;
  keepTexts(embedder: string, texts: ReadonlyMap<string, KeptText>): Promise<void>;
  keepThumbnail(sha256: string, size: number, jpeg: Uint8Array): Promise<void>;
  /**
   * Keeps results that took runs of a model, by names that hash all that they depend on (`memoName`). There is room for
   * so many bytes; what was not asked for the longest time is forgotten first. A name that is there keeps what it has.
   */
  keep(results: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** Writes the contributions that wait. */
  writeContributions(): Promise<void>;
  /** Forgets what no file has any more, and writes a snapshot if anything changed since the last one. */
  settle(): Promise<void>;
  /** Writes a shard: a folder of Parquet files. Cancelled, it leaves a folder that is none. */
  exportTo(folder: string, job?: JobContext): Promise<{ readonly images: number }>;
  /** Adds a shard; what is here already stays. Cancelled, it leaves the library as it was. */
  importFrom(
    folder: string,
    job?: JobContext,
  ): Promise<{ readonly images: number; readonly added: number; readonly notes: readonly string[] }>;
  close(): Promise<void>;
}

export interface KeptThumbnail {
  readonly jpeg: Uint8Array;
  /** Size of the picture that it is of, in pixels. */
  readonly width: number;
  readonly height: number;
}

/** A text as an embedder reads it. */
export interface KeptText {
  /** u, of unit length. */
  readonly vector: Float32Array;
  readonly truncated: boolean;
  /** What it reads instead; null where it knows all of the text. */
  readonly readAs: string | null;
}
