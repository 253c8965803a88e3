import { parseArgs } from 'node:util';
import { Device } from '../../src/shared/device';
import { clips, type RandomHook } from './randomClip';
import { type Group, groups } from './results';

export const usage = `npm run bench -- [options]

Speed and memory, as ratios within one run on the same work. Beside each figure of the computation stands a bare forward
pass of the same model by ONNX Runtime and, where Python has torch, the same attribution by PyTorch. Python is the one that
CLIPSIGHT_PYTHON names, else python3. Exits with 1 where a limit is missed.

  --only <group>     ${groups.join(', ')}; repeat for several   (default: all; on another device compute and indexing)
  --model <model>    ${Object.keys(clips).join(', ')}: of compute, process and indexing, with random weights   (default: b32)
  --hook <block>     after which the dictionary reads, from 0, or from -1 backwards   (default: -2)
  --tokens <tokens>  cls, all: what the dictionary reads                   (default: cls)
  --rounds <n>       of compute                                            (default: 41)
  --images <n>       of indexing                                           (default: 2000)
  --threads <n>      of the engine, the bare forward pass and PyTorch      (default: 2)
  --device <device>  ${Device.options.join(', ')}: where the towers run; another than cpu is measured
                     beside it, and PyTorch on the GPU if it sees one       (default: cpu)
  --no-pytorch       as if it were not installed
  --out <file>       adds the results to this file, JSON   (default, on another device than cpu: out/bench-<device>.json)
  --write            adds the results to docs/bench.json, and their tables to docs/performance.md
  --write-only       the tables again from docs/bench.json
  --help
`;

export interface Arguments {
  readonly only: readonly Group[];
  readonly model: keyof typeof clips;
  readonly hook: RandomHook;
  readonly rounds: number;
  readonly images: number;
  readonly threads: number;
  readonly device: Device;
  readonly pytorch: boolean;
  readonly out: string | null;
  readonly write: boolean;
  readonly writeOnly: boolean;
}

const options = {
  only: { type: 'string', multiple: true },
  model: { type: 'string', default: 'b32' },
  hook: { type: 'string', default: '-2' },
  tokens: { type: 'string', default: 'cls' },
  rounds: { type: 'string', default: '41' },
  images: { type: 'string', default: '2000' },
  threads: { type: 'string', default: '2' },
  device: { type: 'string', default: 'cpu' },
  'no-pytorch': { type: 'boolean', default: false },
  out: { type: 'string' },
  write: { type: 'boolean', default: false },
  'write-only': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Null where help is asked for. Throws an Error that names the argument. */
export function parseArguments(argv: readonly string[]): Arguments | null {
  const { values } = parseArgs({ args: withValues(argv), options, strict: true });
  if (values.help) return null;
  const device = oneOf('--device', values.device, Device.options);
  if (values.write && device !== 'cpu') throw new Error('--write is for cpu: name a file with --out.');
  const all = device === 'cpu' ? groups : (['compute', 'indexing'] as const);
  return {
    only: (values.only ?? all).map((word) => oneOf('--only', word, groups)),
    model: oneOf('--model', values.model, ['b32', 'b16', 'l14']),
    hook: {
      layer: whole('--hook', values.hook, -24),
      tokens: oneOf('--tokens', values.tokens, ['cls', 'all']),
    },
    rounds: whole('--rounds', values.rounds, 1),
    images: whole('--images', values.images, 8),
    threads: whole('--threads', values.threads, 1),
    device,
    pytorch: !values['no-pytorch'],
    out: values.out ?? (device === 'cpu' ? null : `out/bench-${device}.json`),
    write: values.write,
    writeOnly: values['write-only'],
  };
}

/** `--hook -2` as people write it, which parseArgs would take for another option. */
function withValues(argv: readonly string[]): string[] {
  return argv.flatMap((word, i) => {
    if (argv[i - 1] === '--hook' && /^-\d+$/.test(word)) return [];
    return word === '--hook' && /^-\d+$/.test(argv[i + 1] ?? '') ? [`--hook=${argv[i + 1]}`] : [word];
  });
}

function oneOf<const T extends string>(name: string, word: string, known: readonly T[]): T {
  const found = known.find((one) => one === word);
  if (found !== undefined) return found;
  throw new Error(`${name} takes ${known.join(', ')}, not “${word}”.`);
}

function whole(name: string, text: string, from: number): number {
  const value = Number(text);
  if (/^-?\d+$/.test(text) && value >= from) return value;
  throw new Error(`${name} takes a whole number from ${from}, not “${text}”.`);
}
