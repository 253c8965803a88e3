import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { type Model, openModel } from '../../src/engine/model';
import { openStudy } from '../../src/engine/study';
import { withTables } from './document';
import { studyImages } from './images';
import { plots } from './plots';
import { Results } from './results';
import {
  type Measurements,
  Measurements as MeasurementsSchema,
  measureSubject,
  type Subject,
} from './subject';
import { type MeasuredSubject, summarise } from './summary';
import { tables } from './tables';

/** Measures faithfulness on the demo model and writes docs/faithfulness.json, its plots and its tables. */
const root = path.resolve(__dirname, '..');
const kept = path.join(root, 'out/faithfulness');
const demoImages = path.join(root, 'examples/demo/images');

const blocks = [0, 1, 2, 3, 4];
const images = 200;

const subjects: readonly Subject[] = [
  { id: 'sae-cls', dictionary: path.join(root, 'models/sae-cls'), steps: 16, images, counted: true },
  { id: 'sae-patches', dictionary: path.join(root, 'models/sae-patches'), steps: 16, images, counted: true },
  ...blocks.map((l) => ({ id: `heads:${l}`, dictionary: `heads:${l}`, steps: 5, images, counted: false })),
  ...blocks.map((l) => ({
    id: `neurons:${l}`,
    dictionary: `neurons:${l}`,
    steps: 16,
    images,
    counted: false,
  })),
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      /** Tables and plots from what was measured before. */
      'write-only': { type: 'boolean', default: false },
    },
  });
  if (!values['write-only']) await measureAll(values.only ?? null);
  const results = Results.parse(JSON.parse(readFileSync(path.join(root, 'docs/faithfulness.json'), 'utf8')));
  mkdirSync(path.join(root, 'docs/images'), { recursive: true });
  for (const [name, svg] of plots(results)) writeFileSync(path.join(root, 'docs/images', name), svg);
  const document = path.join(root, 'docs/faithfulness.md');
  writeFileSync(document, withTables(readFileSync(document, 'utf8'), tables(results)));
}

async function measureAll(only: readonly string[] | null): Promise<void> {
  const hashes = new HashCache(null);
  const model = await openModel(path.join(root, 'models/emoji-clip'), { hashes });
  const measured: MeasuredSubject[] = [];
  for (const subject of subjects) {
    if (only !== null && !only.includes(subject.id)) continue;
    measured.push({
      id: subject.id,
      measurements: await measureOrRecall(subject, model, hashes),
    });
  }
  await model.release();
  const results: Results = {
    model: { id: model.info.id, sha256: model.info.sha256 },
    images,
    classes: new Set((await studyImages(demoImages, images)).map(({ prompt }) => prompt)).size,
    ...summarise(measured),
  };
  writeFileSync(path.join(root, 'docs/faithfulness.json'), `${JSON.stringify(results)}\n`);
}

/** What a run that was stopped has measured is not measured again. */
async function measureOrRecall(subject: Subject, model: Model, hashes: HashCache): Promise<Measurements> {
  const file = path.join(kept, `${subject.id.replace(':', '-')}-${subject.images}.json`);
  if (existsSync(file)) return MeasurementsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const chosen = await studyImages(demoImages, subject.images);
  const prompts = [...new Set(chosen.map(({ prompt }) => prompt))];
  const request = { model: model.info.folder, dictionary: subject.dictionary };
  const study = await openStudy(request, model, {
    hashes,
    weightCache: path.join(kept, 'weights'),
    selfTests: selfTestStore(kept),
    demoImages: () => picturesIn(demoImages),
    notes: [],
  });
  const job = { signal: new AbortController().signal };
  const { directions } = await study.resolve(
    prompts.map((text) => ({ kind: 'prompt', text })),
    job,
  );
  const started = performance.now();
  const measurements = await measureSubject(
    study,
    subject,
    chosen.map(({ file: of }) => of),
    directions,
    chosen.map(({ prompt }) => prompts.indexOf(prompt)),
    (done) => {
      if (done % 10 === 0) process.stderr.write(`${subject.id}: ${done} of ${subject.images}\n`);
    },
  );
  process.stderr.write(`${subject.id}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  await study.release();
  mkdirSync(kept, { recursive: true });
  writeFileSync(file, JSON.stringify(measurements));
  return measurements;
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
  process.exitCode = 1;
});
