import { describe, expect, it } from 'vitest';
import { formatKeptAudit, type KeptAudit, parseKeptAudit } from '../../../../src/extension/audit/keptAudit';
import { finding, report } from './fixtures';

const kept: KeptAudit = {
  outcome: {
    report: report(1, [finding()]),
    subjects: [
      {
        name: 'a wolf',
        text: 'a wolf',
        direction: { kind: 'prompt', text: 'a wolf' },
        set: 'a.py#prompts',
        images: { kind: 'matches', most: 50 },
        expected: [],
        beside: null,
        place: { file: 'a.py', start: 1, end: 7 },
      },
    ],
    ended: '2026-11-23T12:00:00.000Z',
  },
  places: [
    [{ uri: 'file:///w/a.py', cell: null, file: 'a.py', group: 'prompts', index: 0, start: 1, end: 7 }],
  ],
  keys: ['prompt a wolf'],
  rivals: [{ set: 'a.py#prompts', name: 'cat', direction: { kind: 'prompt', text: 'a cat' } }],
  study: { model: '/m', dictionary: '/d' },
  images: 120,
  scope: { kind: 'document', uri: 'file:///w/a.py' },
};

describe('an audit that is kept', () => {
  it('is the same when it is read', () => {
    expect(parseKeptAudit(formatKeptAudit(kept))).toEqual(kept);
  });

  it('is none where the file was cut off, is of another version, or does not fit together', () => {
    const text = formatKeptAudit(kept);
    expect(parseKeptAudit(text.slice(0, -5))).toBeNull();
    expect(parseKeptAudit(text.replace('"version":1', '"version":2'))).toBeNull();
    expect(parseKeptAudit(formatKeptAudit({ ...kept, keys: [] }))).toBeNull();
    const wild = report(1, [finding({ subject: 1 })]);
    expect(
      parseKeptAudit(formatKeptAudit({ ...kept, outcome: { ...kept.outcome, report: wild } })),
    ).toBeNull();
  });
});
