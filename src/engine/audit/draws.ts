/**
 * How many draws it takes that `reached` of them, what was seen counted as one, make a p that is just small enough where
 * `small` of `all` tests have one as small: by Benjamini and Yekutieli's procedure.
 */
export function drawsToDiscover(reached: number, small: number, all: number, level: number): number {
  let correction = 0;
  for (let i = 1; i <= all; i++) correction += 1 / i;
  return Math.ceil((reached * all * correction) / (level * small));
}
