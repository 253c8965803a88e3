import type { Method } from '../../shared/measurement';
import type { KeptImage } from './attribute';
import type { HookPrograms } from './hookPrograms';
import type { ScoreDirection } from './score';

/** One image, measured by several methods. */
export interface Measured {
  /** One per direction asked, in order. */
  readonly directions: readonly MeasuredDirection[];
  /** What a person should know of the numbers. */
  readonly notes: readonly string[];
}

export interface MeasuredDirection {
  /** y. */
  readonly similarity: number;
  /** y with all components removed, by running the model. */
  readonly without: number;
  /** One per method asked, in order: [components], one number for each of `image.components`, in units of y or the method's own. */
  readonly values: readonly Float32Array[];
}

export interface MeasureOptions {
  /** Called before every run of the runtime: lets others in, and throws where the work was cancelled. */
  readonly between: () => Promise<void>;
  /** Told of work done out of all there is, in any unit. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * How much each active component of an image matters for its score against each direction, by each method
 * (docs/method.md, *Methods*). A component that is silent on every token, as one that an intervention switched off, has
 * the value 0 by every method.
 */
export function measure(
  _image: KeptImage,
  _directions: readonly ScoreDirection[],
  _methods: readonly Method[],
  _programs: HookPrograms,
  _options: MeasureOptions,
): Promise<Measured> {
  return Promise.reject(new Error('measure is not built yet'));
}
