import { describe, expect, it } from 'vitest';
import { noAnnotation } from '../../../src/shared/library';
import { judgement, namingOf, spokenMarks } from '../../../src/webview/components/naming';

const labels = [
  { text: 'snow', alignment: 0.314 },
  { text: 'ice', alignment: 0.2 },
];

describe('namingOf', () => {
  it('puts the person’s name before the judge’s label, and keeps the label at hand', () => {
    const naming = namingOf({ annotation: { ...noAnnotation, name: 'my snow' }, labels, n: 20 });
    expect(naming).toMatchObject({ kind: 'name', text: 'my snow' });
    expect(naming.tooltip).toBe(
      'Named by you; label “snow” 0.31 (alignment) from n = 20 images; then “ice” 0.20',
    );
    expect(namingOf({ annotation: noAnnotation, labels, n: 20 })).toMatchObject({
      kind: 'label',
      text: 'snow',
    });
  });

  it('says why there is neither', () => {
    expect(namingOf({ annotation: noAnnotation, labels: [], n: 1 })).toEqual({
      kind: 'none',
      text: 'too few images',
      tooltip: 'It fires in 1 image of the library, too few to tell what it means',
    });
    expect(namingOf({ annotation: noAnnotation, labels: [], n: 0 }).text).toBe('fires in no image');
    expect(namingOf({ annotation: { ...noAnnotation, name: 'mine' }, labels: [], n: 0 }).tooltip).toBe(
      'Named by you',
    );
  });
});

describe('judgement', () => {
  it('never hides that a model judges itself', () => {
    expect(judgement(null).text).toBe('self-judged');
    expect(judgement('emoji-judge').text).toBe('judged by emoji-judge');
  });
});

describe('spokenMarks', () => {
  it('says what was marked and nothing else', () => {
    expect(spokenMarks({ ...noAnnotation, mark: 'spurious', pinned: true })).toBe(
      ', marked as spurious, pinned',
    );
    expect(spokenMarks(noAnnotation)).toBe('');
  });
});
