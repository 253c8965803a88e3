import type { TorchValue } from './torchFile';

/**
 * The attributes that an object in a file of PyTorch would have, by name: what pickle was told to set them to, of
 * dataclasses, namespaces and other plain classes alike, `__slots__` included. A dict, and an object of a subclass
 * of dict, has its items with textual keys as well; where an attribute has the same name, that is what it gives.
 * Null for anything else.
 *
 * Members of an enum, paths and devices have no attributes but `args`; types of torch are names (`global`).
 */
export function recordFields(value: TorchValue | undefined): ReadonlyMap<string, TorchValue> | null {
  if (value instanceof Map) return textual(value);
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'record')
    return null;
  const { state, entries } = value;
  // A pair where there are slots: the rest of the attributes, and those in the slots.
  const parts: readonly TorchValue[] = isList(state) && state.length === 2 ? state : [state];
  const attributes = parts.filter((part) => part instanceof Map).flatMap((part) => [...textual(part)]);
  return new Map([...textual(entries), ...attributes]);
}

function textual(map: ReadonlyMap<TorchValue, TorchValue>): ReadonlyMap<string, TorchValue> {
  return new Map([...map].filter((entry): entry is [string, TorchValue] => typeof entry[0] === 'string'));
}

function isList(value: TorchValue): value is readonly TorchValue[] {
  return Array.isArray(value);
}
