import { describe, expect, it } from 'vitest';
import { percent, points, signedPoints } from '../../../src/shared/points';
import { activation, count, counted, raw } from '../../../src/webview/components/format';

describe('numbers for people', () => {
  it('gives cosines in points', () => {
    expect(points(0.7167723)).toBe('71.68');
    expect(points(-0.0052009)).toBe('−0.52');
    expect(points(-0.00001)).toBe('0.00');
  });

  it('gives attributions their sign, and zero none', () => {
    expect(signedPoints(0.0215708)).toBe('+2.16');
    expect(signedPoints(-0.0744831)).toBe('−7.45');
    expect(signedPoints(0)).toBe('0.00');
    expect(signedPoints(0.00004)).toBe('0.00');
  });

  it('does not call a small share nothing', () => {
    expect(percent(0)).toBe('0.0\u00a0%');
    expect(percent(0.0004)).toBe('<0.1\u00a0%');
    expect(percent(0.973)).toBe('97.3\u00a0%');
  });

  it('gives the rest', () => {
    expect(activation(10.904)).toBe('10.90');
    expect(raw(-0.123456789)).toBe('−0.123457');
    expect(count(3072)).toBe('3,072');
    expect([counted(1, 'component'), counted(0, 'component')]).toEqual(['1 component', '0 components']);
  });
});
