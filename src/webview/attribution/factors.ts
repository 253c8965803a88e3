import type { Intervention } from '../../shared/intervention';

/** What components are multiplied by, in the order in which they were changed; none of them by 1. */
export type Factors = ReadonlyMap<number, number>;

export const noFactors: Factors = new Map();

/** What `Scaling` admits, and how far a drag goes. */
const largestFactor = 10;
const largestDragged = 3;

/** A bar shorter than this, in pixels, is dragged as if it were so long: a pixel must not be a large step. */
const shortestLever = 36;
/** How near to 0 and to 1 a drag is taken to mean them. */
const snap = 0.06;

export function factorOf(factors: Factors, component: number): number {
  return factors.get(component) ?? 1;
}

/** `factors` with one of them set; 1 takes it out. */
export function withFactor(factors: Factors, component: number, factor: number): Factors {
  const changed = new Map(factors);
  if (factor === 1) changed.delete(component);
  else changed.set(component, factor);
  return changed;
}

export function factorsOf(intervention: Intervention): Factors {
  return new Map(
    intervention.filter(({ factor }) => factor !== 1).map(({ component, factor }) => [component, factor]),
  );
}

/** By component: the same changes are the same intervention, in whatever order they were made. */
export function interventionOf(factors: Factors): Intervention {
  return [...factors]
    .map(([component, factor]) => ({ component, factor }))
    .sort((a, b) => a.component - b.component);
}

export function sameFactors(a: Factors, b: Factors): boolean {
  return a.size === b.size && [...a].every(([component, factor]) => b.get(component) === factor);
}

/** A tenth more or less, within what is allowed. */
export function stepped(factor: number, direction: 1 | -1): number {
  return within(rounded(factor + direction / 10), largestFactor);
}

/**
 * The factor that a drag of `pixels` along the bar's own direction comes to, from `start`, where the bar is `length`
 * pixels long at a factor of 1. In steps of 0.05, and exactly 0 and 1 near them.
 */
export function dragged(start: number, pixels: number, length: number): number {
  const factor = start + pixels / Math.max(length, shortestLever);
  if (factor < snap) return 0;
  if (Math.abs(factor - 1) < snap) return 1;
  return within(rounded(Math.round(factor * 20) / 20), Math.max(largestDragged, start));
}

/** A factor as a person writes it, a comma for a point included; null if it is none. */
export function readFactor(text: string): number | null {
  const number = text
    .trim()
    .replace(/^[×x*]\s*/i, '')
    .replace(',', '.');
  if (!/^(\d+\.?\d*|\.\d+)$/.test(number)) return null;
  const factor = Number(number);
  return factor <= largestFactor ? factor : null;
}

/** `off`, or `×1.5`. */
export function factorText(factor: number): string {
  return factor === 0 ? 'off' : `×${rounded(factor)}`;
}

/** How a screen reader says it. */
export function spokenFactor(factor: number): string {
  return factor === 0 ? 'switched off' : `scaled by ${rounded(factor)}`;
}

function within(factor: number, most: number): number {
  return Math.min(most, Math.max(0, factor));
}

function rounded(factor: number): number {
  return Math.round(factor * 1000) / 1000;
}
