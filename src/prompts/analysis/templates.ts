import type { Template } from '../../shared/foundPrompts';
import { hasInterpolation } from './follow';
import { likelySlots } from './slots';
import type { Spot } from './spots';

/**
 * How a template is filled, by all the places where it is. Null where one of them does what is not understood, or where
 * they differ: a class would be filled in wrongly.
 */
export function templateOf(spot: Spot): Template | null {
  if (spot.uses.length === 0) return hasInterpolation(spot) ? null : unused(spot.text);
  const known = spot.uses.filter(({ fillings }) => fillings.length > 0);
  const [first, ...others] = (known.length > 0 ? known : spot.uses).map(({ template }) => template);
  if (first === null || first === undefined) return null;
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : null;
}

/** All slots of a template that is filled nowhere in the file must be sure to take the same. */
function unused(text: string): Template | null {
  const { parts, keys, automatic } = likelySlots(text);
  const [first] = keys;
  const isSame = keys.length === 1 || (keys.length > 1 && !automatic && keys.every((key) => key === first));
  return isSame ? { parts: [...parts], changes: [] } : null;
}
