import type { Literal } from '../../shared/foundPrompts';
import type { Slot, Text } from '../syntax';

/** Collects what a literal says, with the place of each code unit. */
export interface Spoken {
  /** What stands in the source from one place to another, as it is. */
  copy(from: number, to: number): void;
  /** What something in the source stands for, an escape that begins there. */
  say(value: string, at: number): void;
  /** An interpolation, which ends at `to`, with its braces. */
  slot(slot: Slot, from: number, to: number): void;
  /** The text from the first content to the last. */
  text(start: number, end: number, literal: Literal | null): Text;
}

export function spoken(source: string): Spoken {
  const pieces: (string | Slot)[] = [];
  const places: number[] = [];
  let run = '';
  const closeRun = () => {
    if (run !== '') pieces.push(run);
    run = '';
  };
  return {
    copy(from, to) {
      run += source.slice(from, to);
      for (let at = from; at < to; at++) places.push(at);
    },
    say(value, at) {
      run += value;
      for (let i = 0; i < value.length; i++) places.push(at);
    },
    slot(slot, from, to) {
      closeRun();
      pieces.push(slot);
      for (let at = from; at < to; at++) places.push(at);
    },
    text(start, end, literal) {
      closeRun();
      places.push(end);
      const follow = places.every((place, i) => place === start + i);
      return { kind: 'text', start, end, pieces, literal, offsets: follow ? null : Int32Array.from(places) };
    },
  };
}

/** A text that stands in the source as it is. */
export function plainText(source: string, start: number, end: number, literal: Literal | null): Text {
  return { kind: 'text', start, end, pieces: [source.slice(start, end)], literal, offsets: null };
}
