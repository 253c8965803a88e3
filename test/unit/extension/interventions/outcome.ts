import type { LibraryIntervention } from '../../../../src/shared/libraryIntervention';
import { hash } from '../library/fixtures';

export function outcome(change: Partial<LibraryIntervention> = {}): LibraryIntervention {
  const own = { images: 2, before: 1, after: 0.5 };
  return {
    grounds: { key: 'study', access: { kind: 'owner' }, judge: null, images: 4, notes: [] },
    images: 4,
    affected: 2,
    accuracy: own,
    classes: [
      { predicted: { before: 2, after: 1 }, accuracy: own, change: -0.1 },
      { predicted: { before: 2, after: 3 }, accuracy: null, change: null },
    ],
    changes: 1,
    changed: [
      {
        sha256: hash('a'),
        path: '/workspace/wolf/a [1].png',
        truth: 0,
        before: 0,
        after: 1,
        scores: [0.3, 0.2],
      },
    ],
    notes: [],
    ...change,
  };
}
