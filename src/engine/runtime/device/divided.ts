import type { Graph } from '../../graph/graph';
import type { Shape } from '../../graph/value';
import type { TensorData } from '../session';
import type { Feeds } from '../sessions';

/** Size of the symbol that leads rows in a run with these feeds; null where the graph's rows cannot be divided. */
export function rowCount(graph: Graph, rows: string | undefined, feeds: Feeds): number | null {
  if (rows === undefined) return null;
  const input = graph.inputs.find(({ shape }) => shape[0] === rows);
  return input === undefined ? null : feeds[input.name]!.shape[0]!;
}

/**
 * A run in parts of at most `most` rows, as even as that allows: what the whole run gives. Inputs that rows do not lead
 * are the same in each part, and outputs that they do not lead are those of the first.
 */
export async function runInParts(
  graph: Graph,
  rows: string | undefined,
  feeds: Feeds,
  most: number,
  run: (part: Feeds) => Promise<Feeds>,
): Promise<Feeds> {
  const count = rowCount(graph, rows, feeds);
  if (rows === undefined || count === null || count <= most) return run(feeds);
  const led = graph.inputs.filter(({ shape }) => leads(rows, shape)).map(({ name }) => name);
  const each = Math.ceil(count / Math.ceil(count / most));
  const parts: Feeds[] = [];
  for (let start = 0; start < count; start += each) {
    const some = led.map(
      (name) => [name, slice(feeds[name]!, start, Math.min(start + each, count))] as const,
    );
    parts.push(await run({ ...feeds, ...Object.fromEntries(some) }));
  }
  const outputs = graph.outputs.map(({ name, value }) => {
    const all = parts.map((part) => part[name]!);
    return [name, leads(rows, value.shape) ? joined(all) : all[0]!] as const;
  });
  return Object.fromEntries(outputs);
}

/** Throws where rows are another axis than the first: those of several parts cannot be put together. */
function leads(rows: string, [first, ...others]: Shape): boolean {
  if (others.some((dimension) => symbols(dimension).includes(rows))) {
    throw new Error(`${rows} are not only the first axis of what a graph takes and gives`);
  }
  return symbols(first ?? 1).includes(rows);
}

/** Sizes can be joined (1 row against n) and added. */
const symbols = (dimension: Shape[number]): readonly string[] => `${dimension}`.split(/[|+]/);

function slice(tensor: TensorData, start: number, end: number): TensorData {
  const { shape } = tensor;
  const size = tensor.data.length / shape[0]!;
  return withData(tensor, [end - start, ...shape.slice(1)], (data) => data.slice(start * size, end * size));
}

function joined(parts: readonly TensorData[]): TensorData {
  const [first] = parts;
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  return withData(first!, [rows, ...first!.shape.slice(1)], (data) => {
    const all = emptyLike(data, length);
    let at = 0;
    for (const part of parts) {
      // Parts are of one type: they are outputs of one name.
      all.set(part.data as never, at);
      at += part.data.length;
    }
    return all;
  });
}

type Data = TensorData['data'];

function emptyLike(data: Data, length: number): Data {
  return new (data.constructor as new (length: number) => Data)(length);
}

/** `change` keeps the type of the data. */
function withData(tensor: TensorData, shape: readonly number[], change: (data: Data) => Data): TensorData {
  return { ...tensor, shape, data: change(tensor.data) } as TensorData;
}
