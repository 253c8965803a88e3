import { describe, expect, it } from 'vitest';
import { gaussLegendre } from '../../../src/engine/numeric/gaussLegendre';

describe('Gauss–Legendre quadrature', () => {
  it.each([1, 2, 3, 8, 16, 64, 256])('integrates polynomials of degree below 2·%i exactly', (n) => {
    const { points, weights } = gaussLegendre(n);
    expect([...points]).toEqual([...points].sort((a, b) => a - b));
    for (const degree of [0, 1, n, 2 * n - 1]) {
      const integral = points.reduce((sum, x, i) => sum + weights[i]! * x ** degree, 0);
      expect(Math.abs(integral - 1 / (degree + 1))).toBeLessThan(1e-13);
    }
  });

  it('does not integrate those of degree 2n', () => {
    const { points, weights } = gaussLegendre(2);
    const integral = points.reduce((sum, x, i) => sum + weights[i]! * x ** 4, 0);
    expect(Math.abs(integral - 1 / 5)).toBeGreaterThan(1e-3);
  });
});
