import { describe, expect, it } from 'vitest';
import { elsewhereSentence, sightsFor, unitOf } from '../../../../src/webview/attribution/mapKinds';

describe('sightsFor', () => {
  it('has activation and attribution only where a dictionary reads patches', () => {
    expect(sightsFor({ tokens: 'patches', point: 'resid_post' })).toContain('activation');
    expect(sightsFor({ tokens: 'all', point: 'neurons' })).toContain('attribution');
    expect(sightsFor({ tokens: 'cls', point: 'resid_post' })).toEqual(['off', 'score', 'evidence']);
    expect(sightsFor({ tokens: 'all', point: 'embedding' })).toEqual(['off', 'score', 'evidence']);
  });
});

describe('elsewhereSentence', () => {
  const values = Float32Array.from([0.04, -0.02, 0.01, 0]);

  it('says what is not on the map, where it matters', () => {
    expect(elsewhereSentence('attribution', { values, elsewhere: -0.01 })).toBe(
      'Not on the map: −1.00 points (12.5\u00a0% of all magnitudes) on the CLS token.',
    );
  });

  it('says what evidence and score are compared with', () => {
    expect(elsewhereSentence('score', { values, elsewhere: 0.07 })).toBe(
      'A flat picture, all of whose patches are the mean of these, gives +7.00 points; the map is what this picture gives beyond it.',
    );
    expect(elsewhereSentence('evidence', { values, elsewhere: -0.5 })).toContain('gives −0.50 activation');
  });

  it('is silent where nothing is, or next to nothing', () => {
    expect(elsewhereSentence('score', { values, elsewhere: null })).toBeNull();
    expect(elsewhereSentence('score', { values, elsewhere: 0 })).toBeNull();
    expect(elsewhereSentence('score', { values, elsewhere: 0.0005 })).toBeNull();
  });
});

describe('unitOf', () => {
  it('gives scores in points with their sign, and activations as they are', () => {
    expect(unitOf('score').format(0.0031)).toBe('+0.31');
    expect(unitOf('attribution').format(-0.02)).toBe('−2.00');
    expect(unitOf('activation').format(3.456)).toBe('3.46');
  });

  it('has two digits for what two decimals would round away', () => {
    expect(unitOf('attribution').format(0.0000123)).toBe('+0.0012');
    expect(unitOf('activation').format(-0.00456)).toBe('−0.0046');
    expect(unitOf('activation').format(0)).toBe('0.00');
  });
});
