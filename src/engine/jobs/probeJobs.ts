import type { EngineProtocol } from '../../shared/engineProtocol';
import type { FitProbeRequest, FittedProbe } from '../../shared/probe';
import type { Handlers, JobContext } from '../../shared/rpc/protocol';
import { livelyJob } from '../job';
import type { Library } from '../library/library';
import { type Fit, fitProbe } from '../probe/fitProbe';
import { readProbe } from '../probe/readProbe';
import type { JobServices } from './jobServices';
import { openSubject } from './openSubject';

type ProbeJobs = Pick<Handlers<EngineProtocol>, 'readProbe' | 'fitProbe'>;

/** Linear classifiers on image embeddings. None of them runs a model. */
export function probeJobs(services: JobServices): ProbeJobs {
  return {
    readProbe: ({ file }) => readProbe(file),
    fitProbe: (request, job) => fitOnLibrary(request, services, job),
  };
}

async function fitOnLibrary(
  request: FitProbeRequest,
  services: JobServices,
  job: JobContext,
): Promise<FittedProbe> {
  const { name, classes, heldOut, c, seed } = request;
  const { library, subject } = await openSubject({ ...request, judge: null }, services, job);
  const { between, progress } = livelyJob(job, { stage: 'Reading embeddings', done: 0, total: 0 });
  progress({ stage: 'Reading embeddings', done: 0, total: 0 });
  const labelled = await labelledPictures(library, subject.study.key, classes);
  await between();
  const { rows, present } = await library.embeddings(subject.embedder, labelled.sha256);
  const known = [...labelled.sha256.keys()].filter((i) => present[i] === 1);
  const { width } = rows;
  const data = new Float32Array(known.length * width);
  for (const [at, i] of known.entries()) data.set(rows.data.subarray(i * width, (i + 1) * width), at * width);
  const fit = await fitProbe(
    {
      embeddings: { data, width },
      classes: Int32Array.from(known, (i) => labelled.classes[i]!),
      names: classes.map((one) => one.name),
    },
    {
      heldOut,
      c,
      seed,
      threads: services.threads,
      between,
      progress: (done, total) => progress({ stage: 'Fitting the probe', done, total }),
    },
  );
  const { weights, biases } = fit.model;
  return {
    probe: {
      name,
      input: 'normalised',
      classes: classes.map((one, k) => ({
        name: one.name,
        weights: [...weights.subarray(k * width, (k + 1) * width)],
        bias: biases[k]!,
      })),
    },
    c: fit.c,
    images: fit.images,
    accuracy: fit.accuracy,
    notes: [
      ...counted(labelled.ofSeveral, 'lie in folders of several classes: they are left out.'),
      ...counted(
        labelled.sha256.length - known.length,
        `have no embedding by ${subject.study.model.id} yet: they are left out until images are indexed again.`,
      ),
      ...choiceNotes(fit, c),
    ],
  };
}

/** Pictures that lie in folders of one class, in the order of their SHA-256, whatever order they were indexed in. */
async function labelledPictures(
  library: Pick<Library, 'pictures' | 'files'>,
  study: string,
  classes: FitProbeRequest['classes'],
) {
  const byFolder = new Map<string, Set<number>>();
  for (const [k, { folders }] of classes.entries()) {
    for (const folder of folders) byFolder.set(folder, (byFolder.get(folder) ?? new Set()).add(k));
  }
  const ofPicture = new Map<string, Set<number>>();
  for (const { sha256, classFolder, failure } of await library.files(null)) {
    if (sha256 === null || failure !== null) continue;
    const of = ofPicture.get(sha256) ?? new Set();
    for (const k of byFolder.get(classFolder) ?? []) of.add(k);
    ofPicture.set(sha256, of);
  }
  const { sha256 } = await library.pictures(study);
  const own = sha256.filter((one) => ofPicture.get(one)?.size === 1);
  return {
    sha256: own,
    classes: own.map((one) => [...ofPicture.get(one)!][0]!),
    ofSeveral: sha256.filter((one) => (ofPicture.get(one)?.size ?? 0) > 1).length,
  };
}

function choiceNotes({ c }: Fit, tried: readonly number[]): readonly string[] {
  if (tried.length === 1) return [];
  const atEnd = c === Math.max(...tried) ? 'largest' : c === Math.min(...tried) ? 'smallest' : null;
  return [
    'C was chosen by the accuracy on the held-out images, which is therefore a little too high.',
    ...(atEnd === null ? [] : [`The C chosen is the ${atEnd} that was tried: others may do better.`]),
  ];
}

function counted(count: number, what: string): readonly string[] {
  if (count === 0) return [];
  return [`${count} of the images ${what}`];
}
