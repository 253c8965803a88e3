import type { Finding } from '../../shared/audit';
import type { ScoreDirection } from '../attribution/score';

/** What an audit is about, after it was asked for: a subject with its vector and its images in the library. */
export interface Audited {
  /** Index among the subjects asked. */
  readonly subject: number;
  readonly direction: ScoreDirection;
  /** Numbers of pictures (`Library.pictures`), ascending. */
  readonly pictures: Int32Array;
}

/** Shares of what switching components off costs one subject (docs/audit.md), of those active in some of its images. */
export interface Shares {
  /** Ascending. */
  readonly components: Int32Array;
  /** [components, images of the subject]; 0 where a component is silent or speaks against. */
  readonly shares: Float32Array;
  /** Largest activation over tokens, [components, images]; 0 where silent. */
  readonly activations: Float32Array;
}

/** A pair of subject and component that was tested. */
export type Mismatch = Pick<
  Finding,
  | 'subject'
  | 'component'
  | 'images'
  | 'active'
  | 'measured'
  | 'expected'
  | 'score'
  | 'interval'
  | 'p'
  | 'alignment'
  | 'excuse'
  | 'alignments'
>;
