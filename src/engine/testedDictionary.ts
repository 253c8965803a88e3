import { createHash } from 'node:crypto';
import { ClipsightError, hasCode } from '../shared/errors';
import type { CallOptions } from '../shared/rpc/protocol';
import type { SelfTest } from '../shared/selfTest';
import type { StudyRequest } from '../shared/study';
import type { HookPrograms } from './attribution/hookPrograms';
import { openHook } from './attribution/openHook';
import { areUnchanged } from './checkpoint/fileIdentity';
import type { HashCache } from './checkpoint/hashCache';
import type { Hook } from './clip/hook';
import { type PreparedImage, prepareImage } from './clip/prepareImage';
import type { Preprocessing } from './clip/preprocessing';
import { type TokenSpan, tokenSpan } from './clip/tokens';
import type { Dictionary } from './dictionary/dictionary';
import { openDictionary } from './dictionary/openDictionary';
import { type DictionaryRecord, fingerprint, readings, resolve } from './dictionary/record';
import { selfTest } from './dictionary/selfTest';
import type { SelfTestStore } from './dictionary/selfTestStore';
import { breather } from './job';
import type { Model } from './model';
import { evenly } from './numeric/evenly';
import { concat } from './numeric/vector';
import { cpuSessions } from './runtime/sessions';

export interface TestedDictionaryOptions extends CallOptions {
  readonly hashes: HashCache;
  readonly threads?: number | undefined;
  /** Where weights that cannot be used as they lie are written a second time. */
  readonly weightCache: string;
  readonly selfTests: SelfTestStore;
  /** Pictures to test on where the request has none that can be read. */
  readonly demoImages: () => Promise<readonly string[]>;
}

export interface TestedDictionary {
  readonly dictionary: Dictionary;
  readonly programs: HookPrograms;
  /** Null for neurons and heads. */
  readonly selfTest: SelfTest | null;
}

/** Pictures of one test: a CLS token gives one activation each, other selections many. */
const pictures = { cls: 64, many: 16 };
/** Fewer say little about a variance: those of the demo are added. */
const fewestPictures = 16;
/** Activations of one picture that are tested, at most. */
const vectorsPerPicture = 64;

/**
 * The dictionary of a study, and the model cut where it is hooked. One from files is tested first on what its model
 * really computes; how it is read where its files leave that open, the test decides.
 *
 * @throws ClipsightError `poor-dictionary` where it reconstructs badly and the request does not accept that.
 */
export async function openTestedDictionary(
  request: StudyRequest,
  model: Model,
  options: TestedDictionaryOptions,
): Promise<TestedDictionary> {
  const { checkpoint } = model;
  const tests: SelfTest[] = [];
  const dictionary = await openDictionary(request, checkpoint, {
    ...options,
    cacheFolder: options.weightCache,
    modelSha256: model.info.sha256,
    async settle(record, hook) {
      const test = await testOf(record, hook, request, model, options);
      if (test.verdict === 'poor' && request.acceptPoor !== true) throw poor(record, test);
      tests.push(test);
      // Of a sound dictionary only what was decided is worth a person's attention.
      const notes = test.verdict === 'poor' ? test.notes : test.notes.slice(1);
      return { record: resolve(record, test.taken), notes };
    },
  });
  return {
    dictionary,
    programs: openHook(checkpoint, dictionary, { sessions: model.sessions }),
    selfTest: tests[0] ?? null,
  };
}

function poor(record: DictionaryRecord, { notes }: SelfTest): ClipsightError {
  return new ClipsightError(
    'poor-dictionary',
    `${record.id} failed its self-test. ${notes.join(' ')}`,
    'Choose a dictionary that was trained on this model, or use it anyway (on the command line: --accept-poor).',
  );
}

/** To be raised when a test of the same activations would decide, judge or say something else than before. */
const testVersion = 3;

async function testOf(
  record: DictionaryRecord,
  hook: Hook,
  request: StudyRequest,
  model: Model,
  options: TestedDictionaryOptions,
): Promise<SelfTest> {
  const weights = await options.hashes.sha256(record.weightsFile, 'dictionary', options);
  const parts = [testVersion, ...model.fingerprint, weights, fingerprint(record), record.directionOnly, hook];
  // What passed once has passed, and is read the same from then on; what failed may do better on other pictures.
  const [passed, failed] = [keyOf(parts), keyOf([...parts, request.samples ?? null])];
  const known = (await options.selfTests.get(passed)) ?? (await options.selfTests.get(failed));
  if (known !== null && isReadingOf(record, known)) return known;
  const { images, activations } = await sampleActivations(request, hook, model, options);
  const test = await selfTest(record, activations, { images, threads: options.threads });
  // What was measured while files changed is not to be believed the next time.
  if (await areUnchanged([...record.watched, ...model.watched])) {
    await options.selfTests.set(test.verdict === 'good' ? passed : failed, test);
  }
  return test;
}

function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A stored test is a file like any other: it must have decided among what the record leaves open. */
function isReadingOf(record: DictionaryRecord, { taken }: SelfTest): boolean {
  return readings(record).some(
    ({ subtractsDecoderBias, transposed }) =>
      subtractsDecoderBias === taken.subtractsDecoderBias && transposed === taken.transposed,
  );
}

/** On the CPU, whatever the device: what is said of a dictionary is the same on all machines. */
async function sampleActivations(
  request: StudyRequest,
  hook: Hook,
  { checkpoint, preprocessing }: Model,
  options: TestedDictionaryOptions,
): Promise<{ readonly images: number; readonly activations: Float32Array }> {
  const span = tokenSpan(checkpoint, hook);
  const wanted = span.end - span.start === 1 ? pictures.cls : pictures.many;
  const between = breather({ signal: options.signal ?? new AbortController().signal });
  const rows: Float32Array[] = [];
  const observe = async (paths: readonly string[], most: number) => {
    const chosen = evenly(paths, most);
    for (const [i, path] of chosen.entries()) {
      await between();
      options.onProgress?.({ stage: 'Testing the dictionary', done: i, total: chosen.length });
      const prepared = await readable(path, preprocessing);
      if (prepared === null) continue;
      const { read } = await programs.trunk([prepared.pixels]);
      rows.push(selectedRows(read.data, read.size, span));
    }
  };
  const programs = openHook(
    checkpoint,
    { hook, componentSize: 1 },
    { sessions: cpuSessions(options.threads) },
  );
  try {
    await observe(request.samples ?? [], wanted);
    const missing = rows.length === 0 ? wanted : fewestPictures - rows.length;
    if (missing > 0) await observe(await options.demoImages(), missing);
  } finally {
    await programs.release();
  }
  return { images: rows.length, activations: concat(rows) };
}

/** Null for a picture that cannot be read: others will do. */
async function readable(path: string, preprocessing: Preprocessing): Promise<PreparedImage | null> {
  try {
    return await prepareImage({ kind: 'file', path }, preprocessing);
  } catch (thrown) {
    if (hasCode(thrown, 'image')) return null;
    throw thrown;
  }
}

/** What a dictionary reads of one image, at most `vectorsPerPicture` of the selected tokens. */
function selectedRows(data: Float32Array, width: number, { start, end }: TokenSpan): Float32Array {
  const tokens = evenly(
    Array.from({ length: end - start }, (_, i) => start + i),
    vectorsPerPicture,
  );
  return concat(tokens.map((token) => data.subarray(token * width, (token + 1) * width)));
}
