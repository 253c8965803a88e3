import * as z from 'zod';
import { Probe } from '../../shared/probe';
import { parseJson, readJson } from '../checkpoint/files';
import type { ProbeArray } from './array';
import type { ProbeContent } from './probeOfArrays';

/** Classes with their weights, as they are written here; what else is said of them is for people. */
const OwnProbe = z.object({
  ...Probe.shape,
  name: z.string().min(1).optional(),
  input: z.string().optional(),
  classes: z
    .array(z.object({ name: z.string().min(1), weights: z.array(z.number()).min(1), bias: z.number() }))
    .min(1),
});
const Numbers = z.array(z.number());
const Matrix = z.array(Numbers.min(1)).min(1);
const Arrays = z.record(z.string(), z.unknown());

/** Arrays by the names that torch and scikit-learn give them, or classes each with their own weights. Throws ClipsightError `probe`. */
export async function readProbeJson(path: string): Promise<ProbeContent> {
  const json = await readJson(path, 'probe');
  const content = parseJson(Arrays, json, path, 'probe');
  const { name, input } = content;
  const said = {
    name: typeof name === 'string' && name !== '' ? name : null,
    input: typeof input === 'string' ? input : null,
    classes: null,
  };
  if (!Array.isArray(content.classes) || typeof content.classes[0] !== 'object') {
    const arrays = Object.entries(content).flatMap(([key, value]): [string, ProbeArray][] => {
      const array = arrayOf(value, `${path}: “${key}”`);
      return array === null ? [] : [[key, array]];
    });
    return { arrays: new Map(arrays), ...said };
  }
  const { classes } = parseJson(OwnProbe, json, path, 'probe');
  const width = classes[0]!.weights.length;
  const weights = parseJson(
    z.array(z.array(z.number()).length(width)),
    classes.map((one) => one.weights),
    `${path}: the weights of its classes`,
    'probe',
  );
  return {
    arrays: new Map<string, ProbeArray>([
      [
        'weight',
        { kind: 'numbers', shape: [classes.length, width], data: Float64Array.from(weights.flat()) },
      ],
      [
        'bias',
        { kind: 'numbers', shape: [classes.length], data: Float64Array.from(classes, ({ bias }) => bias) },
      ],
      ['classes', { kind: 'texts', shape: [classes.length], data: classes.map((one) => one.name) }],
    ]),
    ...said,
  };
}

/** Null where it is none. */
function arrayOf(value: unknown, where: string): ProbeArray | null {
  if (typeof value === 'number') return { kind: 'numbers', shape: [], data: Float64Array.of(value) };
  if (!Array.isArray(value)) return null;
  if (typeof value[0] === 'string') {
    const data = parseJson(z.array(z.string()), value, where, 'probe');
    return { kind: 'texts', shape: [data.length], data };
  }
  if (!Array.isArray(value[0])) {
    const data = Float64Array.from(parseJson(Numbers, value, where, 'probe'));
    return { kind: 'numbers', shape: [data.length], data };
  }
  const rows = parseJson(Matrix, value, where, 'probe');
  const width = rows[0]!.length;
  parseJson(z.array(Numbers.length(width)), rows, where, 'probe');
  return { kind: 'numbers', shape: [rows.length, width], data: Float64Array.from(rows.flat()) };
}
