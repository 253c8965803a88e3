import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import * as path from 'node:path';
import * as z from 'zod';
import type { Device } from '../../src/shared/device';
import type { Reference } from './reference';
import type { Machine } from './results';

const Package = z.object({ version: z.string() });

/** What the figures were measured on and with. */
export function machine(
  root: string,
  { device, threads }: { readonly device: Device; readonly threads: number },
  reference: Pick<Reference, 'about' | 'device'> | null,
): Machine {
  const processors = cpus();
  const runtime = readFileSync(path.join(root, 'node_modules/onnxruntime-node/package.json'), 'utf8');
  return {
    processor: processors[0]?.model ?? 'unknown processor',
    cores: processors.length,
    memory: totalmem(),
    system: `${type()} ${release()} ${process.arch}`,
    device,
    threads,
    node: process.versions.node,
    onnxruntime: Package.parse(JSON.parse(runtime)).version,
    pytorch: reference === null ? null : { ...reference.about, device: reference.device },
  };
}
