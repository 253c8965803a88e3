import type { GlyphSource } from '../world/glyphs';
import type { World } from '../world/world';
import type { BenchEngine } from './library';
import type { Observer } from './observer';

/** What all parts of the benchmark stand on. */
export interface Setup {
  readonly world: World;
  readonly seed: number;
  /** Side of the pictures, in pixels. */
  readonly size: number;
  readonly glyphs: GlyphSource;
  readonly observer: Observer;
  readonly engine: BenchEngine;
  /** A folder of its own for each run. */
  readonly scratch: string;
  /** A folder for what the next run can use; `scratch` where nothing is kept. */
  readonly kept: string;
  readonly audit: {
    readonly margin: number;
    readonly level: number;
    readonly nuisances: string[];
    readonly confirm: boolean;
  };
  say(line: string): void;
}

/** Scenes of many nouns that a thing is tested on, and of a prompt's noun. */
export const counts = { many: 32, ofNoun: 64 } as const;
