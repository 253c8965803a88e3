import { percent, signedPoints } from '../../shared/points';
import type { DictionaryInfo } from '../../shared/study';
import type { MapKind, PatchMap } from '../../shared/where';
import { activation, raw } from '../components/format';
import { componentName, directionName, directionOf, type Subject } from './subject';

export const mapSights = ['off', 'score', 'activation', 'attribution', 'evidence'] as const;
/** What is to be seen over the picture. */
export type MapSight = (typeof mapSights)[number];

/** What can be drawn for a dictionary: one that reads no patches has nothing on them but evidence. */
export function sightsFor({ tokens, point }: Pick<DictionaryInfo, 'tokens' | 'point'>): readonly MapSight[] {
  const onPatches = tokens !== 'cls' && point !== 'embedding';
  return onPatches ? mapSights : ['off', 'score', 'evidence'];
}

export const sightNames: { readonly [Sight in MapSight]: string } = {
  off: 'nothing',
  score: 'what made the score',
  activation: 'activation of a component',
  attribution: 'attribution of a component',
  evidence: 'what made a component fire',
};

export const sightTooltips: { readonly [Sight in MapSight]: string } = {
  off: 'The picture alone',
  score:
    'What each patch gives to the score y, compared with a flat picture: integrated gradients of the patches’ embeddings',
  activation: 'z of the component on each patch',
  attribution: 'z · ∂y/∂z of the component on each patch: the patch’s part of its attribution',
  evidence:
    'What each patch gives to the activation z, compared with a flat picture: integrated gradients of the patches’ embeddings',
};

/** What to ask for; null where there is nothing to draw. */
export function mapKindOf(sight: MapSight, subject: Subject): MapKind | null {
  const { component } = subject;
  switch (sight) {
    case 'off':
      return null;
    case 'score':
      return { kind: 'score', direction: directionOf(subject) };
    case 'activation':
    case 'evidence':
      return component === null ? null : { kind: sight, component };
    case 'attribution':
      return component === null ? null : { kind: sight, component, direction: directionOf(subject) };
  }
}

/** What the map is of, for people. */
export function mapTitle(kind: MapKind, subject: Subject): string {
  const named = (component: number) => componentName(subject.library, component);
  switch (kind.kind) {
    case 'score':
      return `What made the score of ${directionName(subject)}`;
    case 'activation':
      return `Activation of ${named(kind.component)}`;
    case 'attribution':
      return `Attribution of ${named(kind.component)} to ${directionName(subject)}`;
    case 'evidence':
      return `What made ${named(kind.component)} fire`;
  }
}

/** How the map's numbers are written, and what they are in. */
export function unitOf(kind: MapKind['kind']): {
  readonly unit: string;
  readonly format: (value: number) => string;
} {
  switch (kind) {
    case 'score':
    case 'attribution':
      return { unit: 'points', format: (value) => fine(value, signedPoints(value), 100) };
    case 'activation':
    case 'evidence':
      return { unit: 'activation', format: (value) => fine(value, activation(value), 1) };
  }
}

/** Numbers too small for two decimals in two significant digits: a patch is a small part of a whole. */
function fine(value: number, usual: string, factor: number): string {
  const shown = value * factor;
  if (shown === 0 || Math.abs(shown) >= 0.1) return usual;
  const text = raw(Number(shown.toPrecision(2)));
  return factor !== 1 && shown > 0 ? `+${text}` : text;
}

/** What of the whole is not on the map, where it matters; null where that is less than a hundredth. */
export function elsewhereSentence(
  kind: MapKind['kind'],
  { values, elsewhere }: Pick<PatchMap, 'values' | 'elsewhere'>,
): string | null {
  if (elsewhere === null || elsewhere === 0) return null;
  const share = Math.abs(elsewhere) / (Math.abs(elsewhere) + values.reduce((sum, v) => sum + Math.abs(v), 0));
  if (!(share >= 0.01)) return null;
  const { format, unit } = unitOf(kind);
  const much = `${format(elsewhere)} ${unit}`;
  return kind === 'activation' || kind === 'attribution'
    ? `Not on the map: ${much} (${percent(share)} of all magnitudes) on the CLS token.`
    : `A flat picture, all of whose patches are the mean of these, gives ${much}; the map is what this picture gives beyond it.`;
}

/** Where a map has numbers that are none. */
export function hasNumbers({ values, rows, columns }: PatchMap): boolean {
  return values.length === rows * columns && values.every(Number.isFinite);
}

/** Totals for a screen reader: the whole map in a sentence. */
export function mapSummary(kind: MapKind['kind'], map: PatchMap): string {
  const { format, unit } = unitOf(kind);
  const order = Array.from(map.values.keys()).sort((a, b) => map.values[b]! - map.values[a]!);
  const place = (patch: number) =>
    `row ${Math.floor(patch / map.columns) + 1}, column ${(patch % map.columns) + 1}`;
  const [most, least] = [order[0], order.at(-1)];
  if (most === undefined || least === undefined) return 'no patches';
  const ends = `highest ${format(map.values[most]!)} ${unit} at ${place(most)}`;
  return map.values[least]! < 0 ? `${ends}, lowest ${format(map.values[least]!)} at ${place(least)}` : ends;
}
