import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { createEngine } from '../../src/engine/engine';
import type { AuditReport, AuditRequest, AuditSubject } from '../../src/shared/audit';
import type { PairAlignments } from '../../src/shared/comparison';
import type { FitProbeRequest, FittedProbe } from '../../src/shared/probe';
import type { GlyphSource } from '../world/glyphs';
import type { Noun } from '../world/nouns';
import type { PlannedScene } from '../world/plan';
import { pictureBytes } from './observer';

export interface Folders {
  readonly root: string;
  readonly model: string;
  readonly dictionary: string;
  readonly judge: string;
}

export interface DrawnFolder {
  readonly folder: string;
  readonly planned: readonly PlannedScene[];
}

const job = { signal: new AbortController().signal, progress: () => undefined };
const pairsAtATime = 20_000;

/** Class folders as the library names them. */
export function folderOf(noun: Noun): string {
  return noun.replaceAll(' ', '_');
}

/** Where the picture of a planned scene lies: lossless, so that what is drawn is what is seen. */
export function pictureOf(folder: string, file: string): string {
  return path.join(folder, file.replace(/\.jpg$/, '.png'));
}

/** An engine in this process, with libraries of scenes. */
export function openBenchEngine({ root, model, dictionary, judge }: Folders) {
  const engine = createEngine({
    cacheFolder: null,
    demoImages: path.join(root, 'examples/demo/images'),
    nounsFile: path.join(root, 'media/nouns.txt'),
  });
  const study = { model, dictionary };
  return {
    /** Makes `library` one of the scenes in these folders; those are drawn that are not there. */
    async index(
      library: string,
      folders: readonly DrawnFolder[],
      glyphs: GlyphSource,
      size: number,
    ): Promise<void> {
      for (const { folder, planned } of folders) {
        for (const { file, scene } of planned) {
          const to = pictureOf(folder, file);
          if (existsSync(to)) continue;
          mkdirSync(path.dirname(to), { recursive: true });
          writeFileSync(to, await pictureBytes(scene, glyphs, size));
        }
      }
      const report = await engine.indexLibrary(
        {
          library,
          study,
          judge,
          roots: folders.map(({ folder }) => ({ folder: path.join(folder, 'images') })),
          others: 'remove',
          contributions: 'none',
        },
        job,
      );
      const [failure] = report.failures;
      if (failure !== undefined) throw new Error(`${failure.path}: ${failure.reason}`);
    },
    async audit(
      library: string,
      subjects: readonly AuditSubject[],
      asked: Pick<AuditRequest, 'margin' | 'level' | 'nuisances' | 'confirm'>,
    ): Promise<AuditReport> {
      return await engine.audit(
        {
          library,
          study,
          judge,
          subjects: [...subjects],
          rivals: [],
          vocabulary: { texts: [], nouns: true },
          ...asked,
        },
        job,
      );
    },
    async fitProbe(request: Omit<FitProbeRequest, 'study'>): Promise<FittedProbe> {
      return await engine.fitProbe({ ...request, study }, job);
    },
    /** One per pair; null where too few images say what the component means. */
    async align(
      library: string,
      pairs: readonly { readonly component: number; readonly text: string }[],
    ): Promise<readonly (number | null)[]> {
      const found: PairAlignments['pairs'] = [];
      for (let start = 0; start < pairs.length; start += pairsAtATime) {
        const some = pairs.slice(start, start + pairsAtATime);
        found.push(...(await engine.alignPairs({ library, study, judge, pairs: some }, job)).pairs);
      }
      return found.map((one) => one?.alignment ?? null);
    },
  };
}
export type BenchEngine = ReturnType<typeof openBenchEngine>;
