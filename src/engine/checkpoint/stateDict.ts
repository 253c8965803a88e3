import { ClipsightError } from '../../shared/errors';
import type { StoredTensor } from '../graph/value';
import type { FileOwner } from './files';
import type { TensorFile } from './tensors';
import type { TorchFile, TorchValue } from './torchFile';
import type { TorchTensor } from './torchTensor';

/** Bounds of a walk through objects: an honest model nests them ten deep. */
const deepestObject = 64;
const mostObjects = 100_000;

/**
 * The named tensors of a file: the state dict that it is, or that it holds as `state_dict` or `model` (Lightning,
 * open_clip, training scripts), or the parameters of a TorchScript model by their dotted names. The prefix
 * `module.`, which data-parallel training adds, is left out where all names have it.
 *
 * @throws ClipsightError where there is no tensor.
 */
export function stateDict({ path, owner, root }: TorchFile): ReadonlyMap<string, TorchTensor> {
  const candidates = root instanceof Map ? [root.get('state_dict'), root.get('model'), root] : [root];
  for (const candidate of candidates) {
    const tensors = namedTensors(candidate, path, owner);
    if (tensors.size > 0) return withoutPrefix(tensors, 'module.');
  }
  const isObject = root !== null && typeof root === 'object' && 'kind' in root && root.kind === 'record';
  throw new ClipsightError(
    owner,
    isObject
      ? `${path} holds an object of the class ${root.module}.${root.name}, not a state dict.`
      : `${path} holds no state dict.`,
    'Save the state dict in Python: `torch.save(model.state_dict(), f)`.',
  );
}

/** The weights of a file by name. */
export function torchTensors(file: TorchFile): TensorFile {
  return tensorFile(file.path, file.owner, stateDict(file));
}

/** Named tensors by how they lie. What lies neither row by row nor column by column is listed as unsupported. */
export function tensorFile(
  path: string,
  owner: FileOwner,
  named: ReadonlyMap<string, TorchTensor>,
): TensorFile {
  const tensors = new Map<string, StoredTensor>();
  const columns = new Map<string, StoredTensor>();
  const unsupported = new Map<string, string>();
  for (const [name, tensor] of named) {
    switch (tensor.layout) {
      case 'rows':
        tensors.set(name, tensor.stored);
        break;
      case 'columns':
        columns.set(name, tensor.stored);
        break;
      case 'unsupported':
        unsupported.set(name, tensor.type);
        break;
    }
  }
  return { path, owner, tensors, unsupported, columns };
}

function namedTensors(
  value: TorchValue | undefined,
  path: string,
  owner: FileOwner,
): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  let visited = 0;
  const visit = (holder: TorchValue | undefined, prefix: string, depth: number): void => {
    const members = membersOf(holder);
    for (const [name, member] of members ?? []) {
      if (typeof name !== 'string') continue;
      if (++visited > mostObjects || depth > deepestObject) {
        throw new ClipsightError(owner, `${path} holds objects without end.`, 'Save its state dict instead.');
      }
      if (isTensor(member)) tensors.set(prefix + name, member);
      else if (isScriptObject(member)) visit(member, `${prefix}${name}.`, depth + 1);
    }
  };
  visit(value, '', 0);
  return tensors;
}

/** Of a dict its items, of an object of TorchScript its attributes. */
function membersOf(value: TorchValue | undefined): ReadonlyMap<TorchValue, TorchValue> | null {
  if (value instanceof Map) return value;
  return isScriptObject(value) && value.state instanceof Map ? value.state : null;
}

function isTensor(value: TorchValue): value is TorchTensor {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tensor';
}

function isScriptObject(
  value: TorchValue | undefined,
): value is Extract<TorchValue, { readonly kind: 'record' }> {
  const isRecord = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'record';
  return isRecord && value.module.split('.')[0] === '__torch__';
}

function withoutPrefix(
  tensors: ReadonlyMap<string, TorchTensor>,
  prefix: string,
): ReadonlyMap<string, TorchTensor> {
  if (![...tensors.keys()].every((name) => name.startsWith(prefix))) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
