import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { readEntry, readZip } from '../../src/engine/checkpoint/zip';
import { zipBytes } from './zipFile';

/** A file of torch.save with nothing but float32 in it, with a line of JSON before it or not, as float64. */
export async function writeDoubled(file: string, target: string): Promise<void> {
  const bytes = readFileSync(file);
  const base = bytes[0] === '{'.charCodeAt(0) ? bytes.indexOf('\n') + 1 : 0;
  const handle = await open(file);
  try {
    const source = { handle, path: file, owner: 'dictionary' } as const;
    const entries = [...(await readZip(source, base))].map(async ([name, entry]) => {
      const data = Buffer.from(await readEntry(source, entry, bytes.length));
      return { name, data: doubled(name, data) };
    });
    writeFileSync(target, Buffer.concat([bytes.subarray(0, base), zipBytes(await Promise.all(entries))]));
  } finally {
    await handle.close();
  }
}

function doubled(name: string, data: Buffer): Buffer {
  if (name.endsWith('/data.pkl')) {
    return Buffer.from(data.toString('latin1').replaceAll('FloatStorage', 'DoubleStorage'), 'latin1');
  }
  if (!/\/data\/\d+$/.test(name)) return data;
  const doubles = new Float64Array(data.length / 4);
  for (let i = 0; i < doubles.length; i++) doubles[i] = data.readFloatLE(4 * i);
  return Buffer.from(doubles.buffer);
}
