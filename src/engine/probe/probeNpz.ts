import { ClipsightError } from '../../shared/errors';
import { withFile } from '../checkpoint/files';
import { readEntry, readZip, type ZipSource } from '../checkpoint/zip';
import type { ProbeArray } from './array';
import { npyArray } from './npyArray';
import type { ProbeContent } from './probeOfArrays';

/** Of an array, in bytes: 2^25 float64. */
const largestArray = 256 * 1024 * 1024 + 64 * 1024;
const mostArrays = 64;
/** What no weights unpack to. */
const unpackedAnyway = 16 * 1024 * 1024;
const unpackedPerByte = 16;

/** An archive of `numpy.savez`. Throws ClipsightError `probe`, naming the file and the array. */
export async function readProbeNpz(path: string): Promise<ProbeContent> {
  return withFile(path, 'probe', async (handle) => {
    const source: ZipSource = { handle, path, owner: 'probe' };
    const entries = [...(await readZip(source))].filter(([name]) => name.endsWith('.npy'));
    if (entries.length === 0) {
      throw new ClipsightError(
        'probe',
        `${path} is an archive, but not one of numpy: it has no .npy file in it.`,
        'Save it with numpy.savez, or a torch module with safetensors.torch.save_file(layer.state_dict(), …).',
      );
    }
    const packed = entries.reduce((sum, [, { packedSize }]) => sum + packedSize, 0);
    const unpacked = entries.reduce((sum, [, { size }]) => sum + size, 0);
    if (entries.length > mostArrays || unpacked > unpackedAnyway + unpackedPerByte * packed) {
      throw new ClipsightError(
        'probe',
        `${path} has ${entries.length} arrays of ${unpacked} bytes, which no probe has.`,
        'Save only the weights, the biases and the names of the classes.',
      );
    }
    const arrays = new Map<string, ProbeArray>();
    for (const [file, entry] of entries) {
      const name = file.slice(0, -'.npy'.length);
      const array = npyArray(await readEntry(source, entry, largestArray));
      if (typeof array === 'string') {
        throw new ClipsightError(
          'probe',
          `${path}: the array “${name}” ${array}.`,
          'Save numbers as float32 or float64, and names of classes as np.array(names, dtype=str).',
        );
      }
      arrays.set(name, array);
    }
    const name = arrays.get('name');
    return {
      arrays,
      name: name?.kind === 'texts' && name.data.length === 1 && name.data[0] !== '' ? name.data[0]! : null,
      input: null,
      classes: null,
    };
  });
}
