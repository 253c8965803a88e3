import { describe, expect, it } from 'vitest';
import { noAnnotation } from '../../../../src/shared/library';
import { alignment, detailsOf, fileName, moment, pace, timeLeft } from '../../../../src/webview/latent/words';

describe('words', () => {
  it.each([
    [0, 'a few seconds left'],
    [9.9, 'a few seconds left'],
    [31, '40 s left'],
    [51, '1 min left'],
    [61, '1 min left'],
    [3_570, '1 h left'],
    [4_800, '1 h 20 min left'],
    [7_200, '2 h left'],
  ])('of %d seconds says %s', (seconds, text) => {
    expect(timeLeft(seconds)).toBe(text);
  });

  it('says how fast images go', () => {
    expect(pace(1234.4)).toBe('1,234 images/s');
    expect(pace(9.46)).toBe('9.5 images/s');
    expect(pace(0.25)).toBe('0.3 images/s');
  });

  it('gives an alignment its sign, but none to what rounds to zero', () => {
    expect(alignment(0.314)).toBe('+0.31');
    expect(alignment(-0.31)).toBe('−0.31');
    expect(alignment(-0.004)).toBe('0.00');
  });

  it('finds the file in a path of any system', () => {
    expect(fileName('/a/b.jpg')).toBe('b.jpg');
    expect(fileName('C:\\a\\b.jpg')).toBe('b.jpg');
    expect(fileName('b.jpg')).toBe('b.jpg');
  });

  it('shows what is no date as it is', () => {
    expect(moment('2026-03-04T14:32:00')).toContain('Mar 4, 2026');
    expect(moment('yesterday')).toBe('yesterday');
  });

  it('says the label beside the number only where the person named it', () => {
    const summary = {
      component: 7,
      annotation: noAnnotation,
      labels: [{ text: 'snow', alignment: 0.3 }],
      n: 20,
      firingRate: 0.1,
      samples: [],
    };
    expect(detailsOf(summary)).toBe('#7 · n\u00a0=\u00a020');
    expect(detailsOf({ ...summary, annotation: { ...noAnnotation, name: 'x' } })).toBe(
      '#7 · snow · n\u00a0=\u00a020',
    );
  });
});
