/** To the nearest whole number, halves to the even one, as Python rounds. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  return x - below === 0.5 ? below + (below % 2) : Math.round(x);
}
