import { basename, extname } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { Probe, ReadProbe } from '../../shared/probe';
import { mostNumbers, type ProbeArray } from './array';
import type { NamesBeside } from './classNames';

/** What a file of a probe says, whatever its format. */
export interface ProbeContent {
  readonly arrays: ReadonlyMap<string, ProbeArray>;
  /** What its arrays do not say and something else in it does. */
  readonly name: string | null;
  readonly input: string | null;
  readonly classes: readonly string[] | null;
}

/** How the parts of a linear layer are called by torch, scikit-learn, JAX and people. */
const weightNames = ['weight', 'weights', 'coef_', 'coef', 'kernel', 'W', 'w'];
/** Of these, those that may hold one column per class. */
const eitherWay = ['kernel', 'W', 'w'];
const biasNames = ['bias', 'biases', 'intercept_', 'intercept', 'b'];
const classNames = ['classes_', 'classes', 'labels', 'class_names'];
/** Say nothing about what it computes. */
const besideThePoint = ['n_iter_', 'n_features_in_', 'feature_names_in_'];

/**
 * A probe from its arrays: weights [classes, embedding] (`W`, `w`, `kernel` also [embedding, classes], told by the number
 * of biases or classes) and biases [classes], by the names that torch and scikit-learn give them, with or without a prefix.
 * One row for two classes, as scikit-learn has it, becomes two opposite ones of half its length: their difference is that
 * row, and their softmax its logistic function.
 *
 * @throws ClipsightError `probe`, naming the file and the array.
 */
export function probeOfArrays(content: ProbeContent, path: string, beside: NamesBeside | null): ReadProbe {
  const notes: string[] = [];
  const found = linearLayer(content, path, notes);
  const labels = labelsOf(content.arrays, path);
  const { weights, rows, width, biases } = laidOut(
    found,
    labels?.length ?? content.classes?.length ?? null,
    path,
  );
  const names = named(rows, labels, content.classes, beside, path, notes);
  const input = inputOf(content, path, notes);
  const isHalved = rows === 1 && names.length === 2;
  if (isHalved) {
    notes.push(
      `${basename(path)} has one row for two classes: “${names[1]}” gets half of it and “${names[0]}” half of its opposite, so that what tells them apart is the row.`,
    );
  }
  const row = (k: number, factor: number) => ({
    weights: Array.from(weights.subarray(k * width, (k + 1) * width), (weight) => factor * weight || 0),
    bias: factor * (biases?.[k] ?? 0) || 0,
  });
  if (biases === null) notes.push(`${basename(path)} has no biases: they are taken to be 0.`);
  return {
    probe: {
      name: content.name ?? basename(path, extname(path)),
      input,
      classes: names.map((name, k) => ({ name, ...(isHalved ? row(0, k - 0.5) : row(k, 1)) })),
    },
    notes,
  };
}

interface Layer {
  readonly weightName: string;
  readonly weight: ProbeArray & { readonly kind: 'numbers' };
  readonly bias: { readonly name: string; readonly data: Float64Array } | null;
}

/** The only layer there is; what else is there and has numbers might change what it computes. */
function linearLayer({ arrays }: ProbeContent, path: string, notes: string[]): Layer {
  const last = (name: string) => name.split('.').at(-1)!;
  const prefix = (name: string) => name.slice(0, name.length - last(name).length);
  const weights = [...arrays.keys()].filter((name) => weightNames.includes(last(name)));
  const [weightName, ...others] = weights;
  if (weightName === undefined) {
    throw refused(
      `${path} has no weights of a linear probe: it has ${listed([...arrays.keys()])}.`,
      `Call the weights “weight”, [classes, embedding], and the biases “bias”.`,
    );
  }
  if (others.length > 0) {
    throw refused(
      `${path} has the weights of ${weights.length} layers (${listed(weights)}): it is no linear probe.`,
      'Save the weights of the one layer on top of the image embedding, by themselves.',
    );
  }
  const weight = arrays.get(weightName)!;
  if (weight.kind !== 'numbers') throw refused(`${path}: “${weightName}” holds texts.`, savedAgain);
  const biasName = biasNames.map((name) => `${prefix(weightName)}${name}`).find((name) => arrays.has(name));
  const bias = biasName === undefined ? null : arrays.get(biasName)!;
  if (bias?.kind === 'texts') throw refused(`${path}: “${biasName}” holds texts.`, savedAgain);
  const known = [weightName, biasName, 'input', 'name', ...classNames, ...besideThePoint];
  for (const [name, array] of arrays) {
    if (known.includes(name)) continue;
    if (array.kind === 'numbers' && array.data.length > 1) {
      throw refused(
        `${path} has an array “${name}” beside the weights and biases: what it does to the score is not known.`,
        'Fold it into the weights and biases, or leave it out.',
      );
    }
    notes.push(`“${name}” in ${basename(path)} is no part of a linear probe, and is left out.`);
  }
  return {
    weightName,
    weight,
    bias: bias === null ? null : { name: biasName!, data: bias.data },
  };
}

/** Row by row, and finite. */
function laidOut({ weightName, weight, bias }: Layer, classes: number | null, path: string) {
  const { shape, data } = weight;
  const [rows, width] = shape.length === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!];
  if (shape.length < 1 || shape.length > 2 || data.length === 0 || data.length > mostNumbers) {
    throw refused(
      `${path}: “${weightName}” has the shape [${shape.join(', ')}], which is none of [classes, embedding].`,
      savedAgain,
    );
  }
  if (![...data, ...(bias?.data ?? [])].every((number) => Number.isFinite(Math.fround(number)))) {
    throw refused(
      `${path}: the weights have a number that is not finite.`,
      'Check how the probe was trained.',
    );
  }
  const count = bias?.data.length ?? classes;
  const isEitherWay = shape.length === 2 && eitherWay.includes(weightName.split('.').at(-1)!);
  if (isEitherWay && (count === null || rows === width)) {
    throw refused(
      `${path}: nothing says whether the rows or the columns of “${weightName}” [${shape.join(', ')}] are the classes.`,
      'Save it as “weight”, one row per class.',
    );
  }
  const isColumns = isEitherWay && width === count;
  const weights = isColumns ? data.map((_, i) => data[(i % rows) * width + Math.floor(i / rows)]!) : data;
  const found = isColumns ? { rows: width, width: rows } : { rows, width };
  if (bias !== null && bias.data.length !== found.rows) {
    throw refused(
      `${path}: “${weightName}” [${shape.join(', ')}] is of ${found.rows} classes, “${bias.name}” of ${bias.data.length}.`,
      savedAgain,
    );
  }
  return { weights, ...found, biases: bias?.data ?? null };
}

type Labels = readonly string[] | Float64Array;

function labelsOf(arrays: ProbeContent['arrays'], path: string): Labels | null {
  const names = classNames.filter((name) => arrays.has(name));
  if (names.length > 1) throw refused(`${path} has ${listed(names)}.`, 'Keep one list of classes.');
  return names.length === 0 ? null : arrays.get(names[0]!)!.data;
}

/** As many as there are rows, or two for one row. */
function named(
  rows: number,
  labels: Labels | null,
  said: readonly string[] | null,
  beside: NamesBeside | null,
  path: string,
  notes: string[],
): readonly string[] {
  const count = (labels ?? said)?.length ?? null;
  const fits = (names: number) => names === rows || (rows === 1 && names === 2);
  if (count !== null && !fits(count)) {
    throw refused(`${path} has ${rows} rows of weights and names of ${count} classes.`, savedAgain);
  }
  const texts = labels instanceof Float64Array ? null : (labels ?? said);
  if (texts !== null) return distinct(texts, path);
  const numbers = labels instanceof Float64Array ? [...labels] : null;
  const isNumbered = numbers?.every((number) => beside?.names[number] !== undefined) ?? false;
  if (beside !== null && isNumbered) {
    notes.push(`The names of the classes are those of ${beside.file}.`);
    return distinct(
      numbers!.map((number) => beside.names[number]!),
      beside.file,
    );
  }
  if (beside !== null && numbers === null) {
    if (!fits(beside.names.length)) {
      throw refused(
        `${path} has ${rows} classes, ${beside.file} names of ${beside.names.length}.`,
        'Correct the list, or move it away if it belongs to something else.',
      );
    }
    notes.push(`The names of the classes are those of ${beside.file}.`);
    return distinct(beside.names, beside.file);
  }
  notes.push(
    `${basename(path)} does not name its classes: put their names, one per line, into a classes.txt beside it.`,
  );
  return (numbers ?? Array.from({ length: rows === 1 ? 2 : rows }, (_, k) => k)).map((k) => `class ${k}`);
}

function distinct(names: readonly string[], file: string): readonly string[] {
  if (names.some((name) => name.trim() === '')) {
    throw refused(`${file} has a class without a name.`, 'Name it.');
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw refused(`${file} names two classes “${twice}”.`, 'Call one of them otherwise.');
  return names;
}

function inputOf({ arrays, input: said }: ProbeContent, path: string, notes: string[]): Probe['input'] {
  const array = arrays.get('input');
  const input = array?.kind === 'texts' && array.data.length === 1 ? array.data[0]! : said;
  if (input === null) {
    notes.push(
      `${basename(path)} does not say what its rows are multiplied with: taken to be normalised embeddings. If it was trained on raw ones, say “input”: “raw” in it.`,
    );
    return 'normalised';
  }
  return inputNamed(input, path);
}

/** Throws ClipsightError `probe`. */
export function inputNamed(input: string, path: string): Probe['input'] {
  if (input === 'raw') return 'raw';
  if (input === 'normalised' || input === 'normalized') return 'normalised';
  throw refused(`${path} says that its input is “${input.slice(0, 100)}”.`, 'Say “raw” or “normalised”.');
}

const savedAgain = 'Save the weights as [classes, embedding], with one bias and one name per class.';

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `“${name.slice(0, 100)}”`);
  if (names.length === 0) return 'nothing';
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}

function refused(what: string, remedy: string): ClipsightError {
  return new ClipsightError('probe', what, remedy);
}
