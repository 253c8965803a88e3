import { ClipsightError } from '../../shared/errors';
import type { ReadProbe } from '../../shared/probe';
import { readAt, refuseLfsPointer, withFile } from '../checkpoint/files';
import { namesBeside } from './classNames';
import { readProbeJson } from './probeJson';
import { readProbeNpz } from './probeNpz';
import { type ProbeContent, probeOfArrays } from './probeOfArrays';
import { readProbeSafetensors } from './probeSafetensors';

/**
 * A linear probe from safetensors, npz or JSON (docs/formats.md), told apart by how the file begins. Nothing in it is
 * executed.
 *
 * @throws ClipsightError `probe`, naming the file and what is wrong in it.
 */
export async function readProbe(path: string): Promise<ReadProbe> {
  const content = await contentOf(path);
  return probeOfArrays(content, path, await namesBeside(path));
}

async function contentOf(path: string): Promise<ProbeContent> {
  const head = await withFile(path, 'probe', (handle) => readAt(handle, 0, 64));
  refuseLfsPointer(head, path, 'probe');
  if (head.toString('latin1', 0, 4) === 'PK\x03\x04') return readProbeNpz(path);
  // The length of the header, whose upper bytes are zero, and the header.
  if (head.length > 8 && head[7] === 0 && head[8] === '{'.charCodeAt(0)) return readProbeSafetensors(path);
  if (/^(\xEF\xBB\xBF)?\s*\{/.test(head.toString('latin1'))) return readProbeJson(path);
  throw new ClipsightError(
    'probe',
    `${path} is no linear probe in a format that is read.`,
    'Save it as safetensors (safetensors.torch.save_file(layer.state_dict(), …)), npz (numpy.savez) or JSON.',
  );
}
