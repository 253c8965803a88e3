import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { Intervention } from '../../shared/intervention';
import { findIntervention, interventionFile, parseInterventionFile } from '../../shared/interventionFile';
import type { AskedChange } from './ablateArguments';

/**
 * The intervention that is asked for: of those that have names, the one of the study.
 * @param key AnalysisKey of the study; asked for where it is needed
 * @throws ClipsightError `configuration`
 */
export async function askedIntervention(
  change: AskedChange,
  key: () => Promise<string>,
): Promise<Intervention> {
  switch (change.kind) {
    case 'latents':
      return change.latents.map((component) => ({ component, factor: change.scale }));
    case 'named':
      return namedIntervention(change.name, path.resolve(interventionFile), key);
  }
}

async function namedIntervention(
  name: string,
  file: string,
  key: () => Promise<string>,
): Promise<Intervention> {
  const all = parseInterventionFile(await textOf(file), file);
  const called = all.filter((one) => one.name === name);
  const [other] = called;
  if (other === undefined) {
    const names = [...new Set(all.map((one) => one.name))];
    throw new ClipsightError(
      'configuration',
      `${file} has no intervention “${name}”.`,
      names.length === 0
        ? 'Save one in the attribution panel, or name components with --latents.'
        : `It has ${names.map((one) => `“${one}”`).join(', ')}.`,
    );
  }
  const found = findIntervention(called, { name, key: await key() });
  if (found !== undefined) return found.intervention;
  throw new ClipsightError(
    'configuration',
    `“${name}” in ${file} is an intervention on ${other.dictionary} of ${other.model}, as they were then: components of another study are others.`,
    'Name that model and dictionary (--model, --dictionary, --layer, --tokens), or components with --latents.',
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    const isAbsent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    throw new ClipsightError(
      'configuration',
      isAbsent ? `There is no ${file}.` : `${file} cannot be read.`,
      'Save an intervention in the attribution panel of that folder, or name components with --latents.',
    );
  }
}
