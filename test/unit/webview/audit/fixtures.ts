import type { ShownAudit, ShownFinding } from '../../../../src/shared/auditProtocol';
import { studyInfo } from '../../fixtures';

export function findingOf(change: Partial<ShownFinding>): ShownFinding {
  return {
    subject: 0,
    prompt: 'a photo of a wolf',
    probe: null,
    file: null,
    component: 549,
    label: 'snow',
    images: 30,
    active: 26,
    measured: 0.11,
    expected: 0.02,
    score: 0.09,
    interval: [0.07, 0.12],
    p: 0.0004,
    alignment: 0.03,
    excuse: 0.03,
    kind: 'artefact',
    effect: null,
    beside: null,
    decision: null,
    ...change,
  };
}

export function auditOf(findings: readonly ShownFinding[], change: Partial<ShownAudit> = {}): ShownAudit {
  return {
    id: 1,
    study: studyInfo(),
    judge: 'other',
    margin: 0.01,
    level: 0.05,
    background: [],
    pairs: 3412,
    fit: { alignments: [0, 0.1], shares: [0.01, 0.05] },
    ended: '2026-11-23T06:50:00.000Z',
    notes: [],
    counts: { images: 5610, prompts: 24, classes: 0, tested: 24 },
    probes: [],
    findings: [...findings],
    unexplained: [],
    untested: { count: 0, listed: [] },
    ...change,
  };
}
