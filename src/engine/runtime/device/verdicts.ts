import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpus, hostname } from 'node:os';
import * as z from 'zod';
import { version } from '../../../../package.json';
import { type Computed, Trial } from '../../../shared/device';
import { keepFile } from '../../checkpoint/replaceFile';
import { runtimeVersion } from '../onnxModel';

/** What is known of devices from other times, so that nobody waits again for one that does not serve. */
export interface Verdicts {
  /** `weights` is the model's SHA-256; null of what holds for all models. */
  get(computed: Computed, weights: string | null): Promise<Trial | null>;
  set(computed: Computed, weights: string | null, trial: Trial): Promise<void>;
  /** All of this machine's and others'. */
  forget(): Promise<void>;
}

/** A driver may have been installed since: what speaks against a device is forgotten after so many milliseconds. */
const lifetime = 7 * 24 * 60 * 60 * 1000;
const most = 64;

const Kept = z.strictObject({ key: z.string(), at: z.number(), trial: Trial });
const File = z.array(Kept).max(most);
type Kept = z.infer<typeof Kept>;

/** In a file, written whole; in memory where it is null. One that cannot be read is as good as none. */
export function keepVerdicts(file: string | null, now: () => number = Date.now): Verdicts {
  let known: readonly Kept[] = [];
  // Read anew each time: other engines of this person write it, too.
  const read = async (): Promise<readonly Kept[]> => {
    if (file === null) return known;
    try {
      return File.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch {
      return [];
    }
  };
  const write = async (kept: readonly Kept[]): Promise<void> => {
    known = kept;
    if (file !== null) await keepFile(file, JSON.stringify(kept));
  };
  return {
    async get(computed, weights) {
      const key = keyOf(computed, weights);
      const found = (await read()).find((kept) => kept.key === key);
      if (found === undefined || found.trial.device !== computed.device) return null;
      const age = now() - found.at;
      return found.trial.outcome === 'used' || (age >= 0 && age < lifetime) ? found.trial : null;
    },
    async set(computed, weights, trial) {
      const key = keyOf(computed, weights);
      const others = (await read()).filter((kept) => kept.key !== key);
      await write([...others, { key, at: now(), trial }].slice(-most));
    },
    forget: () => write([]),
  };
}

/** All that a verdict depends on: the machine, where it looks for drivers, and what computes. */
function keyOf({ device, precision }: Computed, weights: string | null): string {
  const { VK_ICD_FILENAMES, VK_DRIVER_FILES, LD_LIBRARY_PATH, CUDA_VISIBLE_DEVICES } = process.env;
  const drivers = [VK_ICD_FILENAMES, VK_DRIVER_FILES, LD_LIBRARY_PATH, CUDA_VISIBLE_DEVICES];
  const machine = [hostname(), process.platform, process.arch, cpus()[0]?.model ?? ''];
  const parts = [
    machine,
    drivers.map((value) => value ?? ''),
    version,
    runtimeVersion,
    device,
    precision,
    weights,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
