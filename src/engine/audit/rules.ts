/**
 * All that decides what is tested and what is a finding, in one place (docs/audit.md). Shares are of 1.
 */
export const rules = {
  /** With fewer images nothing is tested. */
  fewestImages: 10,
  /** A component is tested where it is active in so many of the subject's images, and in this share of them. */
  fewestActive: 10,
  leastActive: 0.2,
  /** One that fires in this share of the library's images tells nothing apart. */
  backgroundRate: 0.9,
  /** Folds of subjects that expectations are cross-fitted by; of fewer subjects, one each. */
  folds: 10,
  /** Of the interval, two-sided. */
  intervalLevel: 0.9,
  /** Draws of the bootstrap at first, and at a time; and at most, where so many do not tell. */
  draws: 2000,
  mostDraws: 5_000_000,
  /** A p-value is known well enough when so many draws reached what was seen. */
  enoughReached: 10,
  seed: 7,
  /** Images that show a finding, and images without it. */
  samples: 8,
  absentSamples: 4,
  /** Background components listed. */
  background: 100,
} as const;

/** Above what mean share a finding can be at all: what is expected is never below 0. */
export function leastMeasured(margin: number): number {
  return margin;
}

/** What the mean share of a finding is tested to be above. */
export function boundOf(expected: number, margin: number): number {
  return expected + margin;
}

export function scoreOf(measured: number, expected: number): number {
  return measured - expected;
}
