import { attribute, type KeptImage, observe } from '../../src/engine/attribution/attribute';
import { openEvidence } from '../../src/engine/attribution/evidence';
import { firstPoints } from '../../src/engine/attribution/integratedGradients';
import { openHook } from '../../src/engine/attribution/openHook';
import type { ScoreDirection } from '../../src/engine/attribution/score';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import type { ImageTower } from '../../src/engine/clip/architecture';
import { advance, embeddingSite, embedPixels, finish, splitTokens } from '../../src/engine/clip/imageTower';
import type { PreparedImage } from '../../src/engine/clip/prepareImage';
import { openDictionary } from '../../src/engine/dictionary/openDictionary';
import type { Graph } from '../../src/engine/graph/graph';
import { openModel } from '../../src/engine/model';
import { gaussLegendre } from '../../src/engine/numeric/gaussLegendre';
import { normalise } from '../../src/engine/numeric/vector';
import { program } from '../../src/engine/runtime/program';
import { float32 } from '../../src/engine/runtime/session';
import type { ImageAnalysis } from '../../src/shared/analysis';
import { demandAgreement } from './agreement';
import { type BenchDevice, benchDevice } from './device';
import { mediansInTurn, type Work } from './measure';
import type { BenchModel } from './randomClip';
import { type Mode, modes, type Reference } from './reference';

/** Milliseconds, medians of runs taken in turn. */
export interface ComputeFigures {
  /** The whole image tower by the runtime alone, and by PyTorch without gradients. */
  readonly plain: number;
  readonly onePrompt: number;
  readonly hundredPrompts: number;
  readonly thousandPrompts: number;
  /** A second prompt on an image that one was asked about, and any after that. */
  readonly secondPrompt: number;
  readonly newPromptOnKept: number;
  readonly text: number;
  readonly trunk: number;
  readonly encode: number;
  readonly reverse: number;
  /** Null where the engine would never choose it. */
  readonly forward: number | null;
  /** Each of the first of the image's components removed in turn, by running what is after the hook. */
  readonly ablation: number;
  /** As many points of the path as measuring begins with, for one prompt. */
  readonly integratedGradients: number;
  /** Active components of the picture. */
  readonly components: number;
  readonly ablated: number;
  /** Null where PyTorch is not installed. */
  readonly pytorch: PytorchFigures | null;
}

export interface PytorchFigures extends Readonly<Record<Mode, number>> {
  readonly plain: number;
  readonly text: number;
}

/** What takes long, or is no part of attributing. */
export interface MapFigures {
  readonly plain: number;
  readonly trunk: number;
  readonly trunkInPlace: number;
  /** What in the picture made a component fire, and one patch of that for all components. */
  readonly evidenceMap: number;
  readonly evidenceAtPatch: number;
}

/** The whole image tower as a person would run it without Clipsight: every token of every block, then the embedding. */
export function plainForward(g: Graph, tower: ImageTower): void {
  const size = tower.imageSize;
  const pixels = embedPixels(g, tower, g.input('pixels', 'float32', ['images', 3, size, size]));
  const site = embeddingSite(tower) - 1;
  const [x] = advance(g, tower, [pixels], 0, site).x;
  g.output('embedding', finish(g, tower, splitTokens(g, x!, tower, site), site));
}

const unpaused = async () => undefined;

export async function measureCompute(
  files: BenchModel,
  device: BenchDevice,
  reference: Reference | null,
  rounds: number,
): Promise<ComputeFigures> {
  const open = await opened(files, device);
  const { model, dictionary, programs, plain, image, prompts } = open;
  const { pixels } = image;
  const size = model.info.imageSize;
  const seen = async (): Promise<KeptImage> => (await observe([image], programs, dictionary))[0]!;
  const asked = async (count: number) => attribute(await seen(), prompts.slice(0, count), programs, unpaused);
  const once = await asked(1);
  if (device.device !== 'cpu') await demandOfCpu(files, device, once.analysis);
  if (reference !== null) {
    await reference.load(files, device.threads);
    await reference.show(pixels, prompts[0]!.vector);
    for (const mode of modes)
      demandAgreement(once.analysis, await reference.attribution(mode), mode, 'PyTorch reference');
  }
  // Asked a second time, an image is ready for any prompt.
  const { kept } = await attribute(once.kept, prompts.slice(1, 2), programs, unpaused);
  const { read } = await programs.trunk([pixels]);
  const costs = programs.costs(1, kept.codes.latents.length);
  const forwardPays = costs.forward <= Math.max(costs.reverse, costs.trunk);
  const ablated = Math.min(64, kept.components.length);
  let text = 0;
  const forwardPass = () => plain.run({ pixels: float32(pixels, [1, 3, size, size]) });
  const ours = {
    // PyTorch's threads go on spinning for 200 ms, which would be charged to whatever comes next; and a machine that
    // rested meanwhile is slow at first.
    between: async () => {
      for (let run = 0; run < 6; run++) await forwardPass();
    },
    plain: forwardPass,
    onePrompt: () => asked(1),
    hundredPrompts: () => asked(100),
    thousandPrompts: () => asked(1000),
    secondPrompt: () => attribute(once.kept, prompts.slice(1, 2), programs, unpaused),
    newPromptOnKept: () => attribute(kept, prompts.slice(7, 8), programs, unpaused),
    text: () => model.text.embed([`a photo of thing ${text++}`], unpaused),
    trunk: () => programs.trunk([pixels]),
    encode: () => dictionary.encode(read),
    reverse: () => programs.reverse(kept, prompts.slice(0, 1), unpaused),
    // Where the engine would never choose it, it takes minutes.
    forward: async () => (forwardPays ? programs.forward(kept, unpaused) : { ms: Number.NaN }),
    ablation: () => programs.vary(kept, firstRemoved(kept.components.length, ablated), unpaused),
    integratedGradients: () =>
      programs.integrate(kept, prompts.slice(0, 1), gaussLegendre(firstPoints), unpaused),
  } satisfies Record<string, Work>;
  const medians = await mediansInTurn({ ...ours, ...theirs(reference) }, rounds);
  await released(open);
  return {
    ...medians,
    forward: forwardPays ? medians.forward : null,
    components: kept.components.length,
    ablated,
    pytorch:
      reference === null
        ? null
        : {
            plain: medians.pytorchPlain,
            text: medians.pytorchText,
            own: medians.pytorchOwn,
            backward: medians.pytorchBackward,
            frozen: medians.pytorchFrozen,
            lean: medians.pytorchLean,
          },
  };
}

/** Throws where the CPU gives other numbers for the picture and the first of the prompts. */
async function demandOfCpu(files: BenchModel, { device, threads }: BenchDevice, analysis: ImageAnalysis) {
  const cpu = await opened(files, benchDevice('cpu', threads));
  const [seen] = await observe([cpu.image], cpu.programs, cpu.dictionary);
  const { analysis: expected } = await attribute(seen!, cpu.prompts.slice(0, 1), cpu.programs, unpaused);
  await released(cpu);
  const { similarity, attributions } = expected.directions[0]!;
  demandAgreement(
    analysis,
    { score: similarity, latents: expected.latents, attributions },
    `beside ${device}`,
    'CPU',
  );
}

async function released({ model, dictionary, programs, plain }: Awaited<ReturnType<typeof opened>>) {
  await Promise.all([programs, plain, dictionary, model].map((each) => each.release()));
}

type Theirs =
  | 'pytorchPlain'
  | 'pytorchText'
  | 'pytorchOwn'
  | 'pytorchBackward'
  | 'pytorchFrozen'
  | 'pytorchLean';

/** Taken in turn with ours, each by the clock of the other process; nothing where there is none. */
function theirs(reference: Reference | null): Readonly<Record<Theirs, Work>> {
  const of = (ask: (reference: Reference) => Promise<number>) => async () => {
    if (reference === null) return { ms: Number.NaN };
    return { ms: await ask(reference) };
  };
  return {
    pytorchPlain: of((asked) => asked.forward()),
    pytorchText: of((asked) => asked.text()),
    pytorchOwn: of((asked) => asked.attribute('own')),
    pytorchBackward: of((asked) => asked.attribute('backward')),
    pytorchFrozen: of((asked) => asked.attribute('frozen')),
    pytorchLean: of((asked) => asked.attribute('lean')),
  };
}

export async function measureMaps(
  files: BenchModel,
  device: BenchDevice,
  rounds: number,
): Promise<MapFigures> {
  const { model, dictionary, programs, plain, image } = await opened(files, device);
  const { checkpoint, info } = model;
  const { pixels } = image;
  const inPlace = openHook(checkpoint, dictionary, { ...device.place, prepackTrunk: false });
  const evidence = openEvidence(checkpoint, { ...dictionary, span: programs.span }, device.place);
  const [seen] = await observe([image], programs, dictionary);
  const medians = await mediansInTurn(
    {
      plain: () => plain.run({ pixels: float32(pixels, [1, 3, info.imageSize, info.imageSize]) }),
      trunk: () => programs.trunk([pixels]),
      trunkInPlace: () => inPlace.trunk([pixels]),
    },
    rounds,
  );
  // One after the other: only the program in use is open.
  const map = await mediansInTurn(
    { evidenceMap: () => evidence.ofComponent(pixels, seen!.codes, 0, unpaused) },
    rounds,
  );
  const atPatch = await mediansInTurn(
    { evidenceAtPatch: () => evidence.atPatch(pixels, seen!.codes, 0, unpaused) },
    rounds,
  );
  await Promise.all([programs, inPlace, evidence, plain, dictionary, model].map((each) => each.release()));
  return { ...medians, ...map, ...atPatch };
}

/** Model and dictionary, opened as the engine does it, a picture and a thousand directions. */
async function opened(files: BenchModel, { threads, place }: BenchDevice) {
  const hashes = new HashCache(null);
  const model = await openModel(files.folder, { hashes, placeTowers: () => place });
  const { checkpoint, info } = model;
  const request = { model: files.folder, dictionary: files.dictionary };
  const dictionary = await openDictionary(request, checkpoint, { threads, hashes, modelSha256: info.sha256 });
  const programs = openHook(checkpoint, dictionary, place);
  const plain = program((g) => plainForward(g, checkpoint.image), {
    folder: checkpoint.weightsFolder,
    sessions: place.sessions,
    prepack: true,
  });
  const size = info.imageSize;
  const image: PreparedImage = {
    pixels: Float32Array.from({ length: 3 * size * size }, (_, i) => Math.sin(i * 0.37)),
    width: size,
    height: size,
    crop: { left: 0, top: 0, width: size, height: size },
  };
  const prompts = Array.from(
    { length: 1000 },
    (_, p): ScoreDirection => ({
      kind: 'cosine',
      vector: normalise(Float32Array.from({ length: info.embeddingSize }, (_, i) => Math.sin(i * (p + 1)))),
    }),
  );
  return { model, dictionary, programs, plain, image, prompts };
}

/** One row for each of the first components, with that one off. */
function firstRemoved(count: number, removed: number): Float32Array {
  return Float32Array.from({ length: removed * count }, (_, n) => (n % (count + 1) === 0 ? 0 : 1));
}
