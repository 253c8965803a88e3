import type {
  AuditReport,
  AuditSubject,
  Finding,
  FindingSample,
  KindTest,
  Unexplained,
} from '../../src/shared/audit';
import type { AuditReportInput } from '../../src/shared/auditReport';

/** An audit as the engine reports one: made up, and like what it finds. */

const hex = (number: number) => number.toString(16).padStart(64, '0');

export function study(key = 'k1', model = 'emoji-clip', dictionary = 'sae-cls'): AuditReport['study'] {
  return {
    key,
    model: {
      id: model,
      folder: `/models/${model}`,
      format: { kind: 'clip', layout: 'hf' } as unknown as AuditReport['study']['model']['format'],
      sha256: hex(1),
      imageSize: 64,
      patchSize: 8,
      blocks: 6,
      embeddingSize: 128,
      contextLength: 32,
      activation: 'quick_gelu',
      logitScale: 100,
      logitBias: null,
    },
    dictionary: {
      id: dictionary,
      sha256: hex(2),
      point: 'resid_post' as never,
      layer: 4,
      tokens: 'cls',
      size: 1024,
    },
    selfTest: null,
    notes: [],
    computed: { device: 'cpu', precision: 'fp32' },
  };
}

export function subject(name: string, change: Partial<AuditSubject> = {}): AuditSubject {
  return {
    name,
    direction: { kind: 'prompt', text: name },
    text: name,
    set: 'prompts',
    images: { kind: 'folders', folders: [name.split(' ').at(-1) ?? name] },
    expected: [],
    beside: null,
    ...change,
  };
}

export function sample(path: string, number: number, share = 0.4): FindingSample {
  return { path, sha256: hex(number), share, activation: 10 * share, similarity: 0.25 };
}

const test = (
  kind: KindTest['kind'],
  holds: boolean,
  evidence: string,
  text: string | null = null,
): KindTest => ({
  kind,
  holds,
  evidence,
  numbers: {},
  text,
});

export function finding(change: Partial<Finding> = {}): Finding {
  return {
    subject: 0,
    component: 708,
    label: 'snow',
    images: 30,
    active: 28,
    measured: 0.382,
    expected: 0.021,
    score: 0.361,
    interval: [0.312, 0.408],
    p: 0.0001,
    alignment: 0.034,
    excuse: 0.034,
    alignments: {
      text: 0.034,
      expected: [],
      phrases: [{ text: 'a photo', alignment: -0.012 }],
      images: 20,
    },
    kind: 'artefact',
    tests: [
      test('written', false, 'It fires on 2 of 24 pictures of the words, as on other words.'),
      test('compound', false, 'The whole is aligned as well (0.034) as its best part (−0.012).', 'a photo'),
      test(
        'homonym',
        false,
        'Its pictures lie as near to the other images as these among themselves.',
        'Wolf',
      ),
      test(
        'artefact',
        true,
        'It fires in 31 classes that have nothing in common; “a background” fits it best.',
        'a background',
      ),
    ],
    effect: {
      images: 28,
      similarity: -0.0412,
      interval: [-0.0467, -0.0358],
      accuracy: { images: 28, before: 0.964, after: 0.607 },
      absent: { images: 2, similarity: 0.181, accuracy: 0.5 },
    },
    samples: [1, 2, 3, 4, 5, 6].map((n) => sample(`/w/images/wolf/wolf_0${n}.jpg`, n, 0.6 - n / 20)),
    absent: [7, 8].map((n) => sample(`/w/images/wolf/wolf_0${n}.jpg`, n, 0)),
    beside: null,
    ...change,
  };
}

export function unexplained(change: Partial<Unexplained> = {}): Unexplained {
  return {
    subject: 0,
    component: 12,
    label: 'fox',
    active: 25,
    measured: 0.12,
    expected: 0.04,
    score: 0.08,
    alignment: 0.21,
    ...change,
  };
}

export function report(findings: readonly Finding[], subjects: readonly AuditSubject[]): AuditReport {
  return {
    study: study(),
    grounds: { key: 'k1', access: { kind: 'owner' }, judge: 'emoji-judge', images: 5610, notes: [] },
    margin: 0.01,
    level: 0.05,
    subjects: subjects.map(() => ({
      images: 30,
      similarity: 0.241,
      accuracy: 0.93,
      tested: 12,
      error: null,
      notes: [],
    })),
    findings: [...findings],
    unexplained: [],
    background: [],
    pairs: 12 * subjects.length,
    fit: { alignments: [-0.1, 0, 0.1, 0.2], shares: [0.005, 0.01, 0.08, 0.2] },
    notes: [],
  };
}

export function auditInput(
  findings: readonly Finding[],
  subjects: readonly AuditSubject[],
  change: Partial<AuditReportInput> = {},
): AuditReportInput {
  return {
    engine: { version: '0.2.0' },
    report: report(findings, subjects),
    subjects,
    decisions: findings.map(() => null),
    against: null,
    base: '/w',
    notes: [],
    ...change,
  };
}
