import { attribute, type KeptImage, observe } from '../../src/engine/attribution/attribute';
import { openEvidence } from '../../src/engine/attribution/evidence';
import type { HookPrograms } from '../../src/engine/attribution/hookPrograms';
import { firstPoints } from '../../src/engine/attribution/integratedGradients';
import { openHook } from '../../src/engine/attribution/openHook';
import type { ScoreDirection } from '../../src/engine/attribution/score';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import type { ImageTower } from '../../src/engine/clip/architecture';
import { advance, embeddingSite, embedPixels, finish, splitTokens } from '../../src/engine/clip/imageTower';
import type { PreparedImage } from '../../src/engine/clip/prepareImage';
import { openDictionary } from '../../src/engine/dictionary/openDictionary';
import { Graph } from '../../src/engine/graph/graph';
import { openModel } from '../../src/engine/model';
import { gaussLegendre } from '../../src/engine/numeric/gaussLegendre';
import { normalise } from '../../src/engine/numeric/vector';
import { float32, Session } from '../../src/engine/runtime/session';
import { cpuSessions, modelOnCpu } from '../../src/engine/runtime/sessions';
import { mediansInTurn } from './measure';
import type { BenchModel } from './randomClip';

export interface ComputeFigures {
  /** Milliseconds, medians of runs taken in turn. */
  readonly plain: number;
  readonly onePrompt: number;
  readonly hundredPrompts: number;
  readonly newPromptOnKept: number;
  readonly trunk: number;
  readonly trunkInPlace: number;
  readonly reverse: number;
  readonly forward: number;
  /** Each of the image's components removed in turn, by running what is after the hook. */
  readonly ablation: number;
  /** As many points of the path as measuring begins with, for one prompt. */
  readonly integratedGradients: number;
  /** What in the picture made a component fire, and one patch of that for all components. */
  readonly evidenceMap: number;
  readonly evidenceAtPatch: number;
  readonly text: number;
  /** Bytes of the trunk's graph file. */
  readonly graphBytes: number;
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
  threads: number,
  rounds: number,
): Promise<ComputeFigures> {
  const hashes = new HashCache(null);
  const model = await openModel(files.folder, { hashes, placeTowers: () => modelOnCpu(threads) });
  const { checkpoint, info } = model;
  const request = { model: files.folder, dictionary: files.dictionary };
  const dictionary = await openDictionary(request, checkpoint, { threads, hashes, modelSha256: info.sha256 });
  const programs = openHook(checkpoint, dictionary, { sessions: cpuSessions(threads) });
  const inPlace = openHook(checkpoint, dictionary, {
    sessions: cpuSessions(threads),
    prepackTrunk: false,
  });
  const evidence = openEvidence(
    checkpoint,
    { ...dictionary, span: programs.span },
    { sessions: cpuSessions(threads) },
  );
  const g = new Graph();
  plainForward(g, checkpoint.image);
  const folder = checkpoint.weightsFolder;
  const plain = await Session.create(g, { folder, threads, prepack: true });

  const size = info.imageSize;
  const pixels = Float32Array.from({ length: 3 * size * size }, (_, i) => Math.sin(i * 0.37));
  const crop = { left: 0, top: 0, width: size, height: size };
  const image: PreparedImage = { pixels, width: size, height: size, crop };
  const prompts = Array.from(
    { length: 100 },
    (_, p): ScoreDirection => ({
      kind: 'cosine',
      vector: normalise(Float32Array.from({ length: info.embeddingSize }, (_, i) => Math.sin(i * (p + 1)))),
    }),
  );
  const fresh = async (count: number): Promise<KeptImage> => {
    const [seen] = await observe([image], programs, dictionary);
    return (await attribute(seen!, prompts.slice(0, count), programs, unpaused)).kept;
  };
  const kept = await twice(await fresh(1), prompts, programs);
  let text = 0;

  const medians = await mediansInTurn(
    {
      plain: () => plain.run({ pixels: float32(pixels, [1, 3, size, size]) }),
      onePrompt: () => fresh(1),
      hundredPrompts: () => fresh(100),
      newPromptOnKept: () => attribute(kept, prompts.slice(7, 8), programs, unpaused),
      trunk: () => programs.trunk([pixels]),
      trunkInPlace: () => inPlace.trunk([pixels]),
      reverse: () => programs.reverse(kept, prompts.slice(0, 1), unpaused),
      forward: () => programs.forward(kept, unpaused),
      ablation: () => programs.vary(kept, eachRemoved(kept.components.length), unpaused),
      integratedGradients: () =>
        programs.integrate(kept, prompts.slice(0, 1), gaussLegendre(firstPoints), unpaused),
      text: () => model.text.embed([`a photo of thing ${text++}`], unpaused),
    },
    rounds,
  );
  // One after the other: only the program in use is open. They are long, and few rounds tell enough.
  const evidenceMap = await mediansInTurn(
    { evidenceMap: () => evidence.ofComponent(pixels, kept.codes, 0, unpaused) },
    Math.ceil(rounds / 8),
  );
  const evidenceAtPatch = await mediansInTurn(
    { evidenceAtPatch: () => evidence.atPatch(pixels, kept.codes, 0, unpaused) },
    Math.ceil(rounds / 8),
  );
  return { ...medians, ...evidenceMap, ...evidenceAtPatch, graphBytes: plain.modelBytes };
}

/** One row per component, with that one off. */
function eachRemoved(count: number): Float32Array {
  return Float32Array.from({ length: count * count }, (_, n) => (n % (count + 1) === 0 ? 0 : 1));
}

/** Asked a second time, an image is ready for any prompt. */
async function twice(
  image: KeptImage,
  prompts: readonly ScoreDirection[],
  programs: HookPrograms,
): Promise<KeptImage> {
  return (await attribute(image, prompts.slice(1, 2), programs, unpaused)).kept;
}
