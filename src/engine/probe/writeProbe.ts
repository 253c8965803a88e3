import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { Probe } from '../../shared/probe';
import { replaceFile } from '../checkpoint/replaceFile';
import { writeSafetensors } from '../checkpoint/safetensorsWriter';

/** How a probe is written, by how its file's name ends. */
export const probeEndings = ['.json', '.safetensors'] as const;

/**
 * Writes a probe as JSON, or as the state dict of a linear layer in safetensors (float32), for `readProbe` and for torch.
 * `about` is for people. Throws ClipsightError `probe`, naming the file.
 */
export async function writeProbe(
  path: string,
  probe: Probe,
  about: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const ending = probeEndings.find((one) => one === extname(path).toLowerCase());
  if (ending === undefined) {
    throw new ClipsightError(
      'probe',
      `${path}: a probe is written as ${probeEndings.join(' or ')}.`,
      'Choose a name that ends so.',
    );
  }
  try {
    switch (ending) {
      case '.json':
        return await replaceFile(resolve(path), `${JSON.stringify({ ...probe, ...about })}\n`);
      case '.safetensors':
        return await writeLayer(resolve(path), probe, about);
    }
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ClipsightError(
      'probe',
      `The probe cannot be written to ${path}: ${reason}.`,
      'Check that you may write there and that there is room.',
      { cause: thrown },
    );
  }
}

async function writeLayer(
  path: string,
  { name, input, classes }: Probe,
  about: Readonly<Record<string, unknown>>,
): Promise<void> {
  const unfinished = `${path}.${process.pid}.${randomUUID()}`;
  const tensor = (tensorName: string, shape: readonly number[], numbers: readonly number[]) => ({
    name: tensorName,
    type: 'float32' as const,
    shape,
    async *bytes() {
      yield new Uint8Array(Float32Array.from(numbers).buffer);
    },
  });
  await mkdir(dirname(path), { recursive: true });
  try {
    const target = await open(unfinished, 'wx');
    try {
      await writeSafetensors(
        target,
        [
          tensor(
            'weight',
            [classes.length, classes[0]!.weights.length],
            classes.flatMap(({ weights }) => weights),
          ),
          tensor(
            'bias',
            [classes.length],
            classes.map(({ bias }) => bias),
          ),
        ],
        undefined,
        {
          name,
          input,
          classes: JSON.stringify(classes.map((one) => one.name)),
          ...Object.fromEntries(Object.entries(about).map(([key, value]) => [key, JSON.stringify(value)])),
        },
      );
    } finally {
      await target.close();
    }
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}
