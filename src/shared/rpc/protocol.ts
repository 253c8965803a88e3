import * as z from 'zod';

/** How far a job is: `done` of `total` units of the named stage. */
export const Progress = z.strictObject({
  stage: z.string(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
});
export type Progress = z.infer<typeof Progress>;

/** One callable method: what it takes (one object) and what it gives, both checked where they cross. */
export interface Method<Request extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly request: Request;
  readonly result: Result;
}

/** All that one side of a pipe may ask of the other. */
export interface Protocol {
  readonly [method: string]: Method;
}

/** What the caller may add to a call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What the serving side is given beside the request. */
export interface JobContext {
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
}

/** A protocol seen by its caller. Every call rejects with a ClipsightError. */
export type Remote<P extends Protocol> = {
  readonly [M in keyof P]: (
    request: z.input<P[M]['request']>,
    options?: CallOptions,
  ) => Promise<z.output<P[M]['result']>>;
};

/** A protocol seen by the side that serves it. */
export type Handlers<P extends Protocol> = {
  readonly [M in keyof P]: (
    request: z.output<P[M]['request']>,
    job: JobContext,
  ) => z.input<P[M]['result']> | Promise<z.input<P[M]['result']>>;
};
