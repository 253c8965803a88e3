import { createHash } from 'node:crypto';
import type { JobContext } from '../../shared/rpc/protocol';
import type { Library } from '../library/library';
import type { Labels } from '../semantics/labels';
import type { Coactivity } from './coactivity';
import {
  buildComponentTable,
  type ComponentTable,
  type TableContents,
  tableContents,
} from './componentTable';
import type { Positions } from './layout/positions';
import { Memo } from './sharedWork';
import type { Subject } from './subject';
import { keepTextAlignments, type TextAlignments } from './textAlignments';

/** A table, and what was computed from it. */
export interface LoadedTable {
  readonly table: ComponentTable;
  /** By vocabulary. */
  readonly labels: Memo<Labels>;
  /** By layout. */
  readonly positions: Memo<Positions>;
  readonly coactivity: Memo<Coactivity>;
  readonly alignments: TextAlignments;
  /** Whether pictures were added or removed since. */
  readonly outdated: boolean;
}

interface Current {
  readonly loaded: LoadedTable;
  readonly library: Library;
  /** Version of the library that it was last seen to belong to. */
  readonly version: number;
  readonly contents: string;
  readonly built: number;
  readonly tookMs: number;
}

/** Studies whose tables are kept: the one under study, and the one before. */
const KEPT = 2;
/** While a library is being indexed its table may be so many times older than it took to build, up to a limit. */
const PATIENCE = 10;
const MOST_PATIENCE_MS = 30_000;
/** A table that takes less to build is never out of date. */
const QUICK_MS = 500;

/** Tables by library, study and judge. Built when they are first asked for, and anew when the pictures changed. */
export class ComponentTables {
  private readonly current = new Map<string, Current>();
  private readonly building = new Memo<Current>(KEPT);

  async load(library: Library, subject: Subject, job: JobContext): Promise<LoadedTable> {
    const key = `${library.file}\n${subject.study.key}\n${subject.judge.key}`;
    const known = this.current.get(key);
    const { version } = library;
    if (known?.library === library && known.version === version && !known.loaded.outdated) {
      return this.keep(key, known);
    }
    const found = await tableContents(library, subject);
    const contents = hashOf(found);
    // Names, notes and places of files may have changed since it was built, but no number.
    const asNow = (built: Current): LoadedTable => {
      const table = { ...built.loaded.table, pictures: found.pictures };
      const loaded = { ...built.loaded, table, outdated: false };
      return this.keep(key, { ...built, library, version, loaded });
    };
    if (known?.contents === contents) return asNow(known);
    if (known !== undefined && known.tookMs > QUICK_MS && hasGrown(known.loaded.table, found)) {
      const age = performance.now() - known.built;
      if (age < Math.min(MOST_PATIENCE_MS, PATIENCE * known.tookMs)) {
        return this.keep(key, { ...known, loaded: { ...known.loaded, outdated: true } });
      }
    }
    const fresh = await this.building.get(`${key}\n${contents}`, job, async (shared) => {
      const started = performance.now();
      const table = await buildComponentTable(library, subject, found, shared);
      const built = performance.now();
      const loaded = {
        table,
        labels: new Memo<Labels>(6),
        positions: new Memo<Positions>(2),
        coactivity: new Memo<Coactivity>(1),
        alignments: keepTextAlignments(),
        outdated: false,
      };
      return { loaded, library, version, contents, built, tookMs: built - started };
    });
    return asNow(fresh);
  }

  private keep(key: string, current: Current): LoadedTable {
    this.current.delete(key);
    this.current.set(key, current);
    for (const oldest of this.current.keys()) {
      if (this.current.size <= KEPT) break;
      this.current.delete(oldest);
    }
    return current.loaded;
  }
}

/** Whether every picture is still there: the library keeps to the numbers that it gave them. */
function hasGrown(before: TableContents, now: TableContents): boolean {
  const there = new Set(now.pictures.sha256);
  return before.pictures.sha256.every((sha256) => there.has(sha256));
}

/** Codes and embeddings of a picture never change: they are named by what they are computed from. */
function hashOf({ pictures, unjudged }: TableContents): string {
  const hash = createHash('sha256');
  for (const sha256 of pictures.sha256) hash.update(sha256);
  for (const picture of unjudged) hash.update(`,${picture}`);
  return hash.digest('hex');
}
