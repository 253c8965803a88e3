import type { AuditedPrompt, AuditOutcome } from '../../../src/extension/audit/auditSession';
import { evidenceOf, shownAudit } from '../../../src/extension/audit/shownAudit';
import { shownComparison } from '../../../src/extension/audit/shownComparison';
import type {
  Finding,
  FindingEffect,
  FindingKind,
  FindingSample,
  KindTest,
  Unexplained,
} from '../../../src/shared/audit';
import type { AuditState, Evidence } from '../../../src/shared/auditProtocol';
import type { Decision } from '../../../src/shared/decisions';
import { hashed, libraryImages, sha256Of, study } from './scenes';

/** A number in [0, 1) that depends on the text alone. */
const chance = (text: string) => (hashed(text) + 1) / 2;

const prompt = (name: string, change: Partial<AuditedPrompt> = {}): AuditedPrompt => ({
  name,
  direction: { kind: 'prompt', text: name },
  text: name,
  set: 'prompts',
  images: { kind: 'folders', folders: [name] },
  expected: [],
  beside: null,
  place: { file: 'zeroshot/prompts.py', start: 120, end: 140 },
  ...change,
});

const probeFile = 'probes/animals.safetensors';
const classOf = (name: string, beside: number): AuditedPrompt =>
  prompt(name, {
    direction: { kind: 'linear', name, input: 'raw', weights: [1], bias: 0 },
    text: `a photo of a ${name}`,
    set: probeFile,
    beside,
    place: null,
  });

const subjects: readonly AuditedPrompt[] = [
  ...[
    'a photo of a wolf',
    'a photo of a drake',
    'a photo of a cabbage butterfly',
    'a photo of a camera',
    'a photo of a hot dog',
    'a photo of a bat',
    'a photo of an owl',
    'a photo of a bow',
  ].map((name) => prompt(name, name.includes('wolf') ? { expected: ['an animal', 'grey fur'] } : {})),
  prompt('a photo of a quoll'),
  prompt('a photo of a numbat', { images: { kind: 'matches', most: 50 } }),
  classOf('wolf', 0),
  classOf('bat', 5),
];

const sampleOf = (seed: string, index: number, silent: boolean): FindingSample => {
  const at = Math.floor(chance(`${seed}/${index}`) * (libraryImages.length - 1));
  return {
    path: `/workspace/${libraryImages[at]!}`,
    sha256: sha256Of(at),
    share: silent ? 0 : 0.42 - index * 0.031,
    activation: silent ? 0 : 4.1 - index * 0.27,
    similarity: 0.291 - index * 0.004 - (silent ? 0.03 : 0),
  };
};

/** As the engine writes them (src/engine/audit/kinds/sentences.ts), with numbers of the size that it finds. */
function testsOf(kind: FindingKind, text: string): KindTest[] {
  const is = (one: FindingKind) => kind === one;
  return [
    {
      kind: 'written',
      holds: is('written'),
      evidence: is('written')
        ? `It fires on “${text}” written on plain colour (2.3 on average, 0.12 on other words), 71 % of the evidence for it lies on the letters, and the images in which it fires look written on: it reads this word.`
        : `It does not fire on “${text}” written on plain colour.`,
      numbers: is('written')
        ? {
            own: 2.31,
            others: 0.118,
            pOwn: 0.00024,
            pAny: 0.31,
            pWord: 0.0256,
            reached: 0.62,
            pLettered: 0.0008,
            inside: 0.714,
            area: 0.231,
            pInside: 0.0005,
          }
        : { own: 0, others: 0, pOwn: 1, pAny: 1, pWord: 1, reached: 0, pLettered: 0.41 },
      text: is('written') ? text : null,
    },
    {
      kind: 'compound',
      holds: is('compound'),
      evidence: is('compound')
        ? `Its pictures show “${text}” rather than the whole (alignment 0.14, with the whole 0.031), and “${text}” describes it better than 99 % of the components.`
        : `No part of the text describes it clearly better than the whole: the best, “${text}”, has alignment 0.021, the whole 0.031.`,
      numbers: is('compound')
        ? { part: 0.142, whole: 0.031, carried: 0.412, pBetter: 0.0009, pDescribed: 0.0068 }
        : { part: 0.021, whole: 0.031, carried: 1.07, pBetter: 0.812, pDescribed: 0.344 },
      text: is('compound') ? text : null,
    },
    {
      kind: 'homonym',
      holds: is('homonym'),
      evidence: is('homonym')
        ? `The images in which it fires are described as well by “${text}”, the others by “a duck”, and neither by the other’s: the text has two senses.`
        : 'It fires in nearly all of the subject’s images, or in few of them: with fewer than 10 on either side nobody can say whether they show different things.',
      numbers: is('homonym')
        ? { p: 0.0001, contrast: 0.118, carried: 0.54, otherContrast: 0.094, otherCarried: 0.61 }
        : {},
      text: is('homonym') ? text : null,
    },
    {
      kind: 'artefact',
      holds: is('artefact'),
      evidence: is('artefact')
        ? `412 other images of 171 classes fire it as strongly, whatever they are of (classes decide 0 % of it, at most 2 %); “${text}”, declared a nuisance, describes it.`
        : 'Which other images fire it depends on what they are of: classes decide up to 34 % of it.',
      numbers: is('artefact')
        ? {
            strong: 412,
            classes: 171,
            between: -0.0021,
            bound: 0.0174,
            above: 0.58,
            pWeaker: 0.943,
            nuisance: 0.087,
            pNuisance: 0.004,
            pDescribed: 0.0117,
          }
        : { strong: 96, classes: 9, between: 0.311, bound: 0.338, above: 0.71, pWeaker: 0.998 },
      text: is('artefact') ? text : null,
    },
  ];
}

function findingOf(
  subject: number,
  component: number,
  label: string | null,
  kind: FindingKind,
  [measured, expected]: readonly [number, number],
  change: Partial<Finding> = {},
): Finding {
  const score = measured - expected;
  const seed = `${subject}/${component}`;
  const alignment = kind === 'compound' ? 0.142 : 0.02 + 0.06 * chance(`${seed}a`);
  const effect: FindingEffect = {
    images: 26,
    similarity: -0.1 * score - 0.003,
    interval: [-0.14 * score - 0.004, -0.06 * score - 0.001],
    accuracy: { images: 30, before: 0.96, after: Math.max(0.2, 0.96 - 2.6 * score) },
    absent: { images: 4, similarity: 0.231, accuracy: 0.5 },
  };
  return {
    subject,
    component,
    label,
    images: 30,
    active: 26,
    measured,
    expected,
    score,
    interval: [score * 0.78, score * 1.31],
    p: 0.0002 + 0.004 * chance(seed),
    alignment,
    // Two kinds are not excused by what fits them best (docs/audit.md, *What excuses*).
    excuse: kind === 'compound' ? -0.111 : kind === 'homonym' ? alignment - 0.05 : alignment,
    alignments: {
      text: kind === 'compound' ? 0.031 : alignment,
      expected:
        subject === 0
          ? [
              { text: 'an animal', alignment: -0.012 },
              { text: 'grey fur', alignment: 0.021 },
            ]
          : [],
      phrases:
        kind === 'compound'
          ? [
              { text: 'cabbage', alignment: 0.142 },
              { text: 'butterfly', alignment: 0.011 },
            ]
          : [],
      images: 17,
    },
    kind,
    tests: testsOf(kind, label ?? 'a watermark'),
    effect,
    samples: Array.from({ length: 8 }, (_, i) => sampleOf(seed, i, false)),
    absent: Array.from({ length: 4 }, (_, i) => sampleOf(`${seed}-`, i, true)),
    beside: null,
    ...change,
  };
}

const found: readonly Finding[] = [
  findingOf(0, 549, 'snow', 'artefact', [0.142, 0.021]),
  findingOf(2, 96, 'cabbage', 'compound', [0.11, 0.02]),
  findingOf(1, 232, 'a rapper', 'homonym', [0.104, 0.019]),
  findingOf(10, 549, 'snow', 'artefact', [0.195, 0.031], {
    beside: 0.0697,
    effect: {
      images: 26,
      similarity: -2.41,
      interval: [-2.9, -1.88],
      accuracy: { images: 30, before: 0.97, after: 0.5 },
      absent: null,
    },
  }),
  findingOf(3, 713, 'camera', 'written', [0.085, 0.034]),
  findingOf(4, 12, 'dog', 'compound', [0.071, 0.022]),
  findingOf(5, 401, 'baseball', 'homonym', [0.066, 0.018]),
  findingOf(7, 3, null, 'artefact', [0.058, 0.014], {
    effect: {
      images: 12,
      similarity: 0.0004,
      interval: [-0.0011, 0.0019],
      accuracy: { images: 30, before: 0.9, after: 0.9 },
      absent: { images: 18, similarity: 0.262, accuracy: 0.94 },
    },
  }),
  findingOf(6, 888, 'a border', 'artefact', [0.049, 0.011], { effect: null }),
].sort((a, b) => b.score - a.score);

const unexplained: readonly Unexplained[] = [
  ['an orange', 0, 311, 0.121, 0.024, 0.041],
  ['fur', 6, 87, 0.094, 0.021, 0.018],
  ['a round thing', 3, 530, 0.072, 0.019, -0.012],
  [null, 5, 777, 0.051, 0.018, 0.006],
  ['grey', 10, 412, 0.047, 0.02, 0.022],
].map(([label, subject, component, measured, expected, alignment]) => ({
  ...({ label, subject, component, measured, expected, alignment } as Unexplained),
  active: 27,
  score: (measured as number) - (expected as number),
}));

const fit = {
  alignments: [-0.04, 0, 0.02, 0.04, 0.08, 0.12, 0.16, 0.22],
  shares: [0.011, 0.012, 0.018, 0.018, 0.026, 0.041, 0.072, 0.131],
};

export const decisionsOf = (findings: readonly Finding[]): ReadonlyMap<Finding, Decision> =>
  new Map(
    findings.flatMap((finding) => {
      const verdict = ({ 232: 'spurious', 713: 'expected', 401: 'todo' } as const)[finding.component];
      if (verdict === undefined) return [];
      const note = verdict === 'spurious' ? { note: 'The rapper again: reword to “a male duck”.' } : {};
      return [
        [
          finding,
          {
            prompt: subjects[finding.subject]?.name ?? '',
            key: study.key,
            component: finding.component,
            verdict,
            ...note,
          },
        ] as const,
      ];
    }),
  );

export function outcomeOf(
  findings: readonly Finding[],
  asked: readonly AuditedPrompt[] = subjects,
  change: Partial<AuditOutcome['report']> = {},
): AuditOutcome {
  return {
    ended: '2026-11-23T06:50:12.000Z',
    subjects: asked,
    report: {
      study,
      grounds: { key: study.key, access: { kind: 'owner' }, judge: 'emoji-judge', images: 5610, notes: [] },
      margin: 0.01,
      level: 0.05,
      subjects: asked.map(({ name }) => {
        const few = /quoll|numbat/.test(name);
        return {
          images: few ? 3 : 30,
          similarity: few ? null : 0.274,
          accuracy: few ? null : 0.96,
          tested: few ? 0 : 41,
          error: few
            ? {
                code: 'prompt',
                message: `“${name}” has 3 indexed images; an audit needs 10.`,
                remedy: 'Index more images of it, or assign some.',
              }
            : null,
          notes: name.includes('numbat')
            ? ['Audited over its best matches: no class folder has its name.']
            : [],
        };
      }),
      findings: [...findings],
      unexplained: [...unexplained],
      background: [
        { component: 17, label: 'a sticker', rate: 0.991, measured: 0.083 },
        { component: 640, label: null, rate: 0.923, measured: 0.031 },
      ],
      pairs: 3412,
      fit,
      notes: [],
      ...change,
    },
  };
}

export interface AuditScene {
  readonly state: AuditState;
  readonly evidence: (audit: number, finding: number) => Evidence;
}

function sceneOf(
  outcome: AuditOutcome | null,
  change: Partial<AuditState> = {},
  other: AuditOutcome | null = null,
): AuditScene {
  const decisions = decisionsOf(outcome?.report.findings ?? []);
  const shown = (id: number, of: AuditOutcome) =>
    shownAudit(id, of, (finding) => decisions.get(finding) ?? null);
  return {
    state: {
      revision: 1,
      audit: outcome === null ? null : shown(1, outcome),
      other: other === null ? null : shown(2, other),
      comparison: outcome === null || other === null ? null : shownComparison(outcome, other),
      outdated: null,
      engine: { version: '0.4.0', pid: 4242 },
      scope: outcome === null ? null : 'prompts of zeroshot/prompts.py',
      document: 'prompts.py',
      progress: null,
      error: null,
      undo: null,
      components: 0,
      ...change,
    },
    evidence: (audit, finding) => {
      const of = audit === 2 ? other! : outcome!;
      return evidenceOf(of, of.report.findings[finding]!, (samples) =>
        samples.map((sample) => ({ ...sample, path: sample.path.replace('/workspace/', '') })),
      );
    },
  };
}

/** Kinds, labels and numbers of every size. */
function many(size: number): AuditOutcome {
  const labels = ['snow', 'a watermark', 'water', 'a fence', 'grass', 'a rapper', 'written text', null];
  const kinds: readonly FindingKind[] = ['artefact', 'homonym', 'compound', 'written'];
  const asked = Array.from({ length: 400 }, (_, i) =>
    prompt(`a photo of a ${['wolf', 'owl', 'bat', 'camera', 'bow'][i % 5]} number ${i}`, {
      place: { file: `zeroshot/set_${i % 7}.py`, start: 10 * i, end: 10 * i + 9 },
    }),
  );
  const findings = Array.from({ length: size }, (_, i) => {
    const measured = 0.03 + 0.28 * chance(`m${i}`) ** 3;
    return findingOf(
      i % asked.length,
      Math.floor(1000 * chance(`c${i}`)),
      labels[i % labels.length]!,
      kinds[Math.floor(chance(`k${i}`) * kinds.length)]!,
      [measured, 0.01 + 0.015 * chance(`e${i}`)],
      { alignment: -0.03 + 0.2 * chance(`a${i}`), excuse: -0.03 + 0.2 * chance(`a${i}`) },
    );
  }).sort((a, b) => b.score - a.score);
  const apart = Array.from({ length: 500 }, (_, i): Unexplained => {
    const [measured, expected] = [0.15 - i * 0.0002, 0.01 + 0.02 * chance(`ue${i}`)];
    return {
      subject: Math.floor(asked.length * chance(`us${i}`)),
      component: Math.floor(1000 * chance(`uc${i}`)),
      label: labels[i % labels.length]!,
      active: 20,
      ...{ measured, expected, score: measured - expected, alignment: 0.1 * chance(`ua${i}`) },
    };
  });
  return outcomeOf(findings, asked, { pairs: 71_204, unexplained: apart });
}

const otherStudy = {
  ...study,
  key: 'b7e2',
  dictionary: { ...study.dictionary, id: 'sae-patches', sha256: '0'.repeat(64), size: 2048 },
};
const others: readonly Finding[] = [
  findingOf(0, 1204, 'Snow', 'artefact', [0.121, 0.018]),
  findingOf(2, 77, 'Cabbage', 'compound', [0.16, 0.022]),
  findingOf(0, 1999, 'a forest', 'artefact', [0.062, 0.02]),
  findingOf(6, 1500, 'a branch', 'homonym', [0.051, 0.019]),
].sort((a, b) => b.score - a.score);

const long = outcomeOf(
  [
    findingOf(
      0,
      549,
      'a photograph of freshly fallen snow on a meadow in the late afternoon',
      'artefact',
      [0.142, 0.021],
    ),
    findingOf(1, 96, 'ثلج', 'compound', [0.11, 0.02]),
    findingOf(2, 232, null, 'homonym', [0.061, 0.02]),
  ],
  [
    prompt(
      'a very long caption that goes on and on about the wolf, the snow, the trees behind it and the light of an afternoon in winter, as captions do',
      {
        place: {
          file: 'a/very/deep/folder/of/experiments/with/prompts/zeroshot_prompts_of_animals.py',
          start: 0,
          end: 9,
        },
      },
    ),
    prompt('صورة ذئب في الثلج'),
    prompt('Supercalifragilisticexpialidociouswolfinthesnowwithoutanyspaces'),
  ],
  {
    unexplained: [
      { ...unexplained[0]!, label: 'ثلج' },
      { ...unexplained[1]!, subject: 2, label: 'a photograph of freshly fallen snow on a meadow' },
    ],
  },
);

export const auditScenes = {
  found: sceneOf(outcomeOf(found)),
  one: sceneOf(
    outcomeOf(
      found.filter(({ subject }) => subject === 0),
      subjects.slice(0, 1),
      { unexplained: unexplained.slice(0, 1) },
    ),
    { scope: '1 prompt' },
  ),
  thousand: sceneOf(many(1000), { scope: 'workspace' }),
  long: sceneOf(long),
  selfJudged: sceneOf(
    outcomeOf(found, subjects, {
      grounds: { key: study.key, access: { kind: 'owner' }, judge: null, images: 5610, notes: [] },
      notes: ['3 prompts were truncated to 24 tokens.'],
    }),
  ),
  empty: sceneOf(outcomeOf([], subjects.slice(0, 8), { unexplained: unexplained.slice(0, 4) })),
  outdated: sceneOf(outcomeOf(found), { outdated: 'library' }),
  untestable: sceneOf(
    outcomeOf([], subjects.slice(8, 10), {
      pairs: 0,
      unexplained: [],
      fit: { alignments: [], shares: [] },
      background: [],
    }),
  ),
  never: sceneOf(null),
  running: sceneOf(outcomeOf(found), { progress: { stage: 'Confirming', done: 4, total: 9 } }),
  first: sceneOf(null, { scope: 'workspace', progress: { stage: 'Measuring', done: 120, total: 400 } }),
  error: sceneOf(null, {
    scope: 'workspace',
    error: {
      code: 'library',
      message: 'No images are indexed for emoji-clip with sae-cls.',
      remedy: 'Index images of this workspace first.',
    },
  }),
  failedAgain: sceneOf(outcomeOf(found), {
    error: { code: 'engine-stopped', message: 'The engine stopped: out of memory.', remedy: 'Restart it.' },
  }),
  sides: sceneOf(outcomeOf(found), {}, outcomeOf(others, subjects, { study: otherStudy })),
} satisfies Record<string, AuditScene>;

export type AuditSceneName = keyof typeof auditScenes;
