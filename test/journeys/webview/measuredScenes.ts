import type { ConfidenceInterval, Faithfulness, Method } from '../../../src/shared/measurement';
import type { StudyInfo } from '../../../src/shared/study';
import type { MapKind, PatchComponents, PatchMap } from '../../../src/shared/where';
import type { Words } from '../../../src/shared/words';
import { analysisOf, hashed } from './scenes';

/** Patches to an edge of what the made-up model sees. */
const edge = 8;

/** One bump where the image's thing is, and for signed maps a dent beside it; of the size that real maps have. */
export function mapOf(study: StudyInfo, image: string, map: MapKind): PatchMap {
  const { crop } = analysisOf(image, []);
  const of = 'component' in map ? `${map.component}` : 'score';
  const signed = map.kind !== 'activation';
  const size = { activation: 3.4, attribution: 0.0031, evidence: 0.42, score: 0.0052 }[map.kind];
  const at = (salt: string) => 2 + 2 * (hashed(`${image}/${of}/${salt}`) + 1);
  const bump = (x: number, y: number, column: number, row: number) =>
    Math.exp(-((column - x) ** 2 + (row - y) ** 2) / 3);
  const values = Float32Array.from({ length: edge * edge }, (_, patch) => {
    const [row, column] = [Math.floor(patch / edge), patch % edge];
    const noise = 0.1 * hashed(`${image}:${of}:${patch}`);
    const value = bump(at('x'), at('y'), column, row);
    const dent = 0.7 * bump(at('u'), at('v') + 1.5, column, row);
    // TopK leaves activations of exactly zero on most patches.
    return size * (signed ? value - dent + noise : Math.max(0, value + noise - 0.25));
  });
  return {
    study,
    rows: edge,
    columns: edge,
    crop,
    values,
    elsewhere: map.kind === 'activation' ? null : size * 1.7 * hashed(`${image}+${of}`),
    notes: [],
  };
}

/** Components at a patch: some of those active in the image. */
export function componentsAtOf(study: StudyInfo, image: string, patch: number, active = 16): PatchComponents {
  const { latents } = analysisOf(image, [], active);
  const patches = study.dictionary.tokens !== 'cls';
  const found = Array.from(latents, (latent) => {
    const value = 1.5 * hashed(`${latent}@${patch}`);
    return { latent, value: patches ? Math.max(0, value) : 0.2 * value };
  })
    .filter(({ value }) => value !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  return {
    study,
    by: patches ? 'activation' : 'evidence',
    components: Int32Array.from(found, ({ latent }) => latent),
    values: Float32Array.from(found, ({ value }) => value),
    attributions: patches
      ? Float32Array.from(found, ({ latent }) => 0.004 * hashed(`${latent}#${patch}`) ** 3)
      : null,
    notes: [],
  };
}

/** Every word its token, long ones two; small words matter little, and for some leaving out says otherwise. */
export function wordsOf(study: StudyInfo, image: string, text: string, components: readonly number[]): Words {
  const found = [...text.matchAll(/\S+/g)]
    .slice(0, 30)
    .map((match) => ({ text: match[0], start: match.index }));
  const small = /^(a|an|the|of|in|photo)$/i;
  const tokens: Words['tokens'] = [{ text: '<|startoftext|>', word: null }];
  const weigh = (salt: string, word: string) =>
    hashed(`${image}|${salt}|${word}`) * (small.test(word) ? 0.2 : 1);
  const words = found.map((word, index) => {
    const [head, tail] = word.text.length > 8 ? [word.text.slice(0, 5), word.text.slice(5)] : [word.text];
    tokens.push({ text: head!, word: index });
    if (tail !== undefined) tokens.push({ text: tail, word: index });
    const contribution = 0.14 * weigh('', word.text);
    // Of every fifth word the two numbers disagree.
    const factor = index % 5 === 3 ? -0.6 : 0.8;
    return { ...word, contribution, leaveOneOut: factor * contribution };
  });
  tokens.push({ text: '<|endoftext|>', word: null });
  const spread = (share: (word: string) => number) =>
    Float32Array.from(tokens, ({ word }) =>
      word === null ? 0 : share(found[word]!.text) / tokens.filter((token) => token.word === word).length,
    );
  return {
    study,
    similarity: analysisOf(image, [text]).directions[0]!.similarity,
    tokens,
    contributions: spread((word) => 0.14 * weigh('', word)),
    words,
    components: components.map((component) => {
      const { latents, directions } = analysisOf(image, [text]);
      const attribution = directions[0]!.attributions[latents.indexOf(component)] ?? 0;
      const shares = found.map((word) => weigh(String(component), word.text));
      const sum = shares.reduce((total, share) => total + share, 0) || 1;
      return {
        component,
        attribution,
        contributions: spread((word) => (attribution * weigh(String(component), word)) / sum),
        leaveOneOut: Float32Array.from(shares, (share) => (0.8 * attribution * share) / sum),
      };
    }),
    notes: [],
  };
}

/** How well each method orders, from 0 (as random) to 1 (as exact ablation). */
const skill: { readonly [M in Method]: number } = {
  'activation-gradient': 0.93,
  'integrated-gradients': 0.97,
  'logit-lens': 0.45,
  'activation-logit-lens': 0.62,
  energy: 0.2,
  random: 0,
  ablation: 1,
};

/** `spread` is half of every interval of a difference, in units of the gap between random and exact. */
export function faithfulnessOf(
  study: StudyInfo,
  methods: readonly Method[],
  steps: number,
  pairs: number,
  spread = 0.08,
): Faithfulness {
  const fractions = Array.from({ length: steps + 1 }, (_, i) => i / steps);
  const [whole, without] = [0.717, 0.112];
  const area = (curve: readonly number[]) =>
    curve.slice(1).reduce((sum, y, i) => sum + (y + curve[i]!) / 2 / (curve.length - 1), 0);
  const bent = (strength: number) => (t: number) => (1 - Math.exp(-strength * t)) / (1 - Math.exp(-strength));
  const curvesOf = (method: Method) => {
    const fall = bent(0.4 + 5 * skill[method]);
    const wiggle = (t: number) => 0.01 * Math.sin(9 * t + method.length) * t * (1 - t);
    const deletion = fractions.map((t) => whole - (whole - without) * fall(t) + wiggle(t));
    const insertion = fractions.map((t) => without + (whole - without) * fall(t) + wiggle(t));
    return { deletion, insertion };
  };
  const own = curvesOf('activation-gradient');
  const gap = Math.abs(area(curvesOf('random').deletion) - area(curvesOf('ablation').deletion));
  const around = (mean: number, half: number): ConfidenceInterval =>
    pairs < 5 ? null : [mean - half, mean + half];
  return {
    study,
    pairs,
    fractions,
    methods: methods.map((method) => {
      const curves = curvesOf(method);
      const summary = (direction: 'deletion' | 'insertion') => {
        const auc = area(curves[direction]);
        const mean = auc - area(own[direction]);
        const itself = method === 'activation-gradient';
        return {
          auc,
          ci: around(auc, 0.6 * gap),
          curve: curves[direction],
          difference: { mean, ci: around(mean, itself ? 0 : spread * gap) },
        };
      };
      const rank = method === 'ablation' ? 1 : skill[method] - 0.02;
      return {
        method,
        deletion: summary('deletion'),
        insertion: summary('insertion'),
        rankCorrelation: { mean: rank, ci: around(rank, method === 'ablation' ? 0 : 0.03) },
      };
    }),
    failures: [],
    notes: [],
  };
}
