import type { AuditedPrompt, AuditOutcome } from '../../../src/extension/audit/auditSession';
import { evidenceOf, shownAudit } from '../../../src/extension/audit/shownAudit';
import type { Finding, FindingEffect, FindingKind, FindingSample, KindTest } from '../../../src/shared/audit';
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

function testsOf(kind: FindingKind, text: string): KindTest[] {
  return [
    {
      kind: 'written',
      holds: kind === 'written',
      evidence:
        kind === 'written'
          ? `It fires on “${text}” drawn as plain text in 9 of 10 fonts, on other words in 1 of 40; 71 % of its evidence lies on the letters.`
          : `It fires on “${text}” drawn as plain text in 0 of 10 fonts.`,
      numbers: {
        own: kind === 'written' ? 2.31 : 0,
        other: 0.04,
        blank: 0,
        onLetters: kind === 'written' ? 0.71 : 0,
      },
      text,
    },
    {
      kind: 'compound',
      holds: kind === 'compound',
      evidence:
        kind === 'compound'
          ? `“${text}” describes it better than the whole prompt does.`
          : 'No part of the prompt describes it better than the whole.',
      numbers: { phrase: kind === 'compound' ? 0.14 : 0.02, whole: 0.03 },
      text: kind === 'compound' ? text : null,
    },
    {
      kind: 'homonym',
      holds: kind === 'homonym',
      evidence:
        kind === 'homonym'
          ? `Its pictures lie far from the other images of the prompt (cosine 0.21, others 0.64), and match “${text}”.`
          : 'Its pictures lie among the other images of the prompt.',
      numbers: { cosine: kind === 'homonym' ? 0.21 : 0.58, otherImages: 0.64, sense: 0.11 },
      text: kind === 'homonym' ? text : null,
    },
    {
      kind: 'artefact',
      holds: kind === 'artefact',
      evidence:
        kind === 'artefact'
          ? `It matches “${text}”, which was declared a nuisance, and is spread over 14 unrelated classes.`
          : 'It matches words of the vocabulary, in few classes.',
      numbers: { nuisance: kind === 'artefact' ? 0.12 : 0.01, classes: kind === 'artefact' ? 14 : 2 },
      text: kind === 'artefact' ? text : null,
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
    alignment: 0.02 + 0.06 * chance(`${seed}a`),
    alignments: {
      text: 0.03,
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
    samples: Array.from({ length: 6 }, (_, i) => sampleOf(seed, i, false)),
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
  findingOf(7, 3, null, 'unexplained', [0.058, 0.014], {
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
      margin: 0.02,
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
      engine: { version: '0.4.0', device: 'CPU', precision: 'float32', pid: 4242 },
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
  const kinds: readonly FindingKind[] = ['artefact', 'homonym', 'compound', 'written', 'unexplained'];
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
      { alignment: -0.03 + 0.2 * chance(`a${i}`) },
    );
  }).sort((a, b) => b.score - a.score);
  return outcomeOf(findings, asked, { pairs: 71_204 });
}

const otherStudy = {
  ...study,
  key: 'b7e2',
  dictionary: { ...study.dictionary, id: 'sae-patches', sha256: '0'.repeat(64), size: 2048 },
};
const others: readonly Finding[] = [
  findingOf(0, 1204, 'Snow', 'artefact', [0.121, 0.018]),
  findingOf(2, 77, 'a cabbage', 'compound', [0.16, 0.022]),
  findingOf(0, 1999, 'a forest', 'unexplained', [0.062, 0.02]),
  findingOf(6, 1500, 'a branch', 'unexplained', [0.051, 0.019]),
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
    findingOf(2, 232, null, 'unexplained', [0.061, 0.02]),
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
);

export const auditScenes = {
  found: sceneOf(outcomeOf(found)),
  one: sceneOf(
    outcomeOf(
      found.filter(({ subject }) => subject === 0),
      subjects.slice(0, 1),
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
  empty: sceneOf(outcomeOf([], subjects.slice(0, 8))),
  untestable: sceneOf(
    outcomeOf([], subjects.slice(8, 10), { pairs: 0, fit: { alignments: [], shares: [] }, background: [] }),
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
