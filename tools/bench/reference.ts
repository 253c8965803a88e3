import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { BenchModel } from './randomClip';

/**
 * How PyTorch attributes:
 * - `own`: as the scripts of Dreyer et al. (2025): a new graph for each image and prompt, parameters ask for gradients,
 *   the dictionary's weights are normalised in each pass and its latents dense; the gradient of the latents alone.
 * - `backward`: the same through `backward()`, which fills the gradients of all parameters, too.
 * - `frozen`: as `own`, no parameter asking for a gradient.
 * - `lean`: as good as we know how: no graph before the latents, weights laid out before, only active latents written.
 */
export const modes = ['own', 'backward', 'frozen', 'lean'] as const;
export type Mode = (typeof modes)[number];

export interface ReferenceAttribution {
  readonly score: number;
  /** Active latents, ascending, and their attributions summed over tokens. */
  readonly latents: readonly number[];
  readonly attributions: Float32Array;
}

/** tools/bench/reference.py as a process of its own, which answers one request at a time. Times are its own, in ms. */
export interface Reference {
  readonly about: { readonly torch: string; readonly python: string; readonly gpu: string | null };
  /** Where it computes, as torch names it. */
  readonly device: string;
  load(model: Pick<BenchModel, 'folder' | 'dictionary'>, threads: number): Promise<void>;
  /** What is asked about from now on: pixels [3, size, size] and a unit direction [embedding]. */
  show(pixels: Float32Array, direction: Float32Array): Promise<void>;
  attribution(mode: Mode): Promise<ReferenceAttribution>;
  attribute(mode: Mode): Promise<number>;
  /** Plain forward pass, no gradients, and the score. */
  forward(): Promise<number>;
  /** A text, filled up to the context length as the libraries do it. */
  text(): Promise<number>;
  /** Decoding by `ahead` threads, embeddings and active latents of all these pictures. */
  index(files: readonly string[], batch: number, ahead: number): Promise<number>;
  stop(): Promise<void>;
}

const Timed = z.object({ ms: z.number() });
const About = z.object({ torch: z.string(), python: z.string(), gpu: z.string().nullable() });
const Attribution = Timed.extend({
  score: z.number(),
  latents: z.array(z.int()),
  attributions: z.base64(),
});
const Answer = z.union([z.object({ answer: z.unknown() }), z.object({ error: z.string() })]);

/** The Python that has torch: the one that CLIPSIGHT_PYTHON names, else python3. Null where there is none. */
export function findPython(): string | null {
  const python = process.env.CLIPSIGHT_PYTHON ?? 'python3';
  const { status } = spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
  if (status === 0) return python;
  if (process.env.CLIPSIGHT_PYTHON === undefined) return null;
  throw new Error(`${python}, which CLIPSIGHT_PYTHON names, cannot import torch.`);
}

/** `gpu`: on the GPU, if torch sees one. */
export async function startReference(root: string, python: string, gpu: boolean): Promise<Reference> {
  const child = spawn(python, [path.join(root, 'tools/bench/reference.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ask = asker(child);
  const about = About.parse(await ask({ ask: 'describe' }));
  const device = gpu && about.gpu !== null ? 'cuda' : 'cpu';
  const timed = async (request: object) => Timed.parse(await ask(request)).ms;
  return {
    about,
    device,
    async load({ folder, dictionary }, threads) {
      await ask({ ask: 'load', model: folder, dictionary, threads, device });
    },
    async show(pixels, direction) {
      await ask({ ask: 'show', pixels: encoded(pixels), direction: encoded(direction) });
    },
    async attribution(mode) {
      const { score, latents, attributions } = Attribution.parse(
        await ask({ ask: 'attribute', mode, show: true }),
      );
      const bytes = Uint8Array.from(Buffer.from(attributions, 'base64'));
      return { score, latents, attributions: new Float32Array(bytes.buffer) };
    },
    attribute: (mode) => timed({ ask: 'attribute', mode }),
    forward: () => timed({ ask: 'forward' }),
    text: () => timed({ ask: 'text' }),
    index: (files, batch, ahead) => timed({ ask: 'index', files, batch, ahead }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin?.end();
      await ended;
    },
  };
}

function asker(child: ChildProcess): (request: object) => Promise<unknown> {
  if (child.stdin === null || child.stdout === null) throw new Error('the reference has no pipes');
  const { stdin } = child;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // A write to a process that has ended: the line that does not come says so.
  stdin.on('error', () => undefined);
  let turn: Promise<unknown> = Promise.resolve();
  const one = async (request: object): Promise<unknown> => {
    stdin.write(`${JSON.stringify(request)}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error('The PyTorch reference ended before it answered.');
    const said = Answer.parse(JSON.parse(line.value));
    if ('error' in said) throw new Error(`The PyTorch reference failed: ${said.error}`);
    return said.answer;
  };
  return (request) => {
    const answer = turn.then(() => one(request));
    turn = answer.catch(() => undefined);
    return answer;
  };
}

function encoded(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}
