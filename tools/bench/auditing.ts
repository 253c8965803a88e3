import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { type AuditRequest, defaultLevel, defaultMargin, defaultNuisances } from '../../src/shared/audit';
import { createSupervisor } from '../../src/supervisor/engineSupervisor';
import type { Row } from './results';
import { rowBeside, time } from './rows';

/** Milliseconds, the demo model with its judge and the bundled nouns; findings are confirmed. */
export interface AuditingFigures {
  readonly images: number;
  readonly prompts: number;
  readonly index: number;
  /** Everything is switched off in every picture, and the vocabulary is read. */
  readonly first: number;
  /** Other prompts over the same pictures: what was switched off is known. */
  readonly further: number;
}

/** Folders of the demo's pictures, each with a prompt in each of both audits; and best matches of a prompt. */
const folders = 24;
const matches = 16;

export async function measureAuditing(
  root: string,
  under: string,
  threads: number,
): Promise<AuditingFigures> {
  const demo = path.join(root, 'examples/demo/images');
  const nouns = readdirSync(demo).toSorted().slice(0, folders);
  const engine = createSupervisor({
    entry: path.join(root, 'dist/engine.js'),
    args: ['--cache-folder', under, '--threads', String(threads)],
    log: () => undefined,
  });
  const library = {
    library: path.join(under, 'audited.duckdb'),
    study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
    judge: path.join(root, 'models/emoji-judge'),
  };
  const prompts = (template: (noun: string) => string): AuditRequest => ({
    ...library,
    subjects: nouns.map((noun) => {
      const text = template(noun.replaceAll('_', ' '));
      return {
        ...{ name: text, text, set: 'nouns', expected: [], beside: null },
        direction: { kind: 'prompt', text },
        images: { kind: 'matches', most: matches },
      };
    }),
    rivals: [],
    vocabulary: { texts: [], nouns: true },
    nuisances: [...defaultNuisances],
    ...{ margin: defaultMargin, level: defaultLevel, confirm: true },
  });
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  try {
    const roots = nouns.map((noun) => ({ folder: path.join(demo, noun) }));
    const index = await timed(() =>
      engine.remote.indexLibrary({ ...library, roots, others: 'keep', contributions: 'none' }),
    );
    const first = await timed(() => engine.remote.audit(prompts((noun) => `a photo of a ${noun}`)));
    const further = await timed(() => engine.remote.audit(prompts((noun) => `a drawing of a ${noun}`)));
    const images = nouns.reduce((sum, noun) => sum + readdirSync(path.join(demo, noun)).length, 0);
    return { images, prompts: nouns.length, index, first, further };
  } finally {
    await engine.stop();
  }
}

export function auditingRows({ images, prompts, index, first, further }: AuditingFigures): Row[] {
  const indexed = { what: `indexing the ${images} images`, measured: time(index) };
  return [
    rowBeside(`audit of ${prompts} prompts, the first on these images`, time(first), indexed),
    rowBeside(`audit of ${prompts} further prompts on the same images`, time(further), indexed),
    rowBeside('the same of 1 000 further prompts, in proportion', time((1000 * further) / prompts), indexed),
  ];
}
