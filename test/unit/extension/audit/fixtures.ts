import type { AuditReport, Finding } from '../../../../src/shared/audit';
import { studyInfo } from '../../fixtures';

export function finding(change: Partial<Finding> = {}): Finding {
  return {
    subject: 0,
    component: 708,
    label: 'snow',
    images: 40,
    active: 31,
    measured: 0.112,
    expected: 0.019,
    score: 0.093,
    interval: [0.07, 0.12],
    p: 0.0002,
    alignment: 0.03,
    excuse: 0.03,
    alignments: { text: 0.03, expected: [], phrases: [], images: 20 },
    kind: 'artefact',
    tests: [
      {
        kind: 'artefact',
        holds: true,
        evidence: 'It is spread over 12 classes.',
        numbers: { classes: 12 },
        text: null,
      },
    ],
    effect: {
      images: 31,
      similarity: -0.021,
      interval: [-0.03, -0.012],
      accuracy: { images: 40, before: 0.96, after: 0.71 },
      absent: null,
    },
    samples: ['a', 'b', 'c', 'd'].map((name, i) => ({
      path: `/images/wolf/${name}.jpg`,
      sha256: String(i).repeat(64),
      share: 0.3 - i / 20,
      activation: 2,
      similarity: 0.27,
    })),
    absent: [],
    beside: null,
    ...change,
  };
}

export function report(
  subjects: number,
  findings: readonly Finding[],
  change: Partial<AuditReport> = {},
): AuditReport {
  const study = studyInfo();
  return {
    study,
    grounds: {
      key: study.key,
      access: { kind: 'owner' },
      judge: 'emoji-judge',
      images: 120,
      notes: [],
    },
    margin: 0.02,
    level: 0.05,
    subjects: Array.from({ length: subjects }, () => ({
      images: 40,
      similarity: 0.26,
      accuracy: 0.96,
      tested: 12,
      error: null,
      notes: [],
    })),
    findings: [...findings],
    unexplained: [],
    background: [],
    pairs: 12 * subjects,
    fit: { alignments: [0, 0.1], shares: [0.01, 0.05] },
    notes: [],
    ...change,
  };
}
