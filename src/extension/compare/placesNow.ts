/**
 * Where texts of a list stand after it was edited: for each of `before` its index in `now`, null where it is gone. What is
 * the same at both ends, and in between, holds the others in place: between two that stayed they are the same in order,
 * though they say something else.
 */
export function placesNow(before: readonly string[], now: readonly string[]): (number | null)[] {
  const places: (number | null)[] = before.map(() => null);
  const most = Math.min(before.length, now.length);
  let head = 0;
  while (head < most && before[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  for (let i = 0; i < head; i++) places[i] = i;
  for (let i = 1; i <= tail; i++) places[before.length - i] = now.length - i;

  let from = head;
  let to = head;
  const pairUp = (end: number, endNow: number) => {
    for (; from < end && to < endNow; from++, to++) places[from] = to;
  };
  const [last, lastNow] = [before.length - tail, now.length - tail];
  for (let i = head; i < last; i++) {
    // As many on both sides: edited in place. Else a text that is still there says where the list goes on.
    if (last - from === lastNow - to) break;
    const same = now.indexOf(before[i]!, to);
    if (same < 0 || same >= lastNow) continue;
    pairUp(i, same);
    places[i] = same;
    from = i + 1;
    to = same + 1;
  }
  pairUp(last, lastNow);
  return places;
}
