import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askedIntervention } from '../../../src/engine/cli/askedIntervention';
import type { NamedIntervention } from '../../../src/shared/intervention';
import { formatInterventionFile } from '../../../src/shared/interventionFile';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';

const ofStudy = (key: string, component: number): NamedIntervention => ({
  name: 'no snow',
  key,
  model: 'clip',
  dictionary: `sae-${key}`,
  intervention: [{ component, factor: 0.5 }],
});
const named = { kind: 'named', name: 'no snow' } as const;

let file: string;
beforeEach(() => {
  const folder = temporaryFolder();
  file = path.join(folder, '.clipsight/interventions.json');
  mkdirSync(path.dirname(file));
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
});
afterEach(() => vi.restoreAllMocks());

describe('the intervention that is asked for', () => {
  it('is of these components, whatever is kept', async () => {
    const key = () => Promise.reject(new Error('nobody needs it'));
    expect(await askedIntervention({ kind: 'latents', latents: [3, 7], scale: 2 }, key)).toEqual([
      { component: 3, factor: 2 },
      { component: 7, factor: 2 },
    ]);
  });

  it('is the one of its name in the study', async () => {
    writeFileSync(file, formatInterventionFile([ofStudy('a', 3), ofStudy('b', 7)]));
    expect(await askedIntervention(named, async () => 'b')).toEqual([{ component: 7, factor: 0.5 }]);
  });

  it('is never one of another study, whose components are others', async () => {
    writeFileSync(file, formatInterventionFile([ofStudy('a', 3)]));
    await expectError(
      askedIntervention(named, async () => 'b'),
      'configuration',
      file,
      'sae-a',
    );
  });

  it('is told from what there is not', async () => {
    const key = async () => 'a';
    await expectError(askedIntervention(named, key), 'configuration', `There is no ${file}`);
    writeFileSync(file, formatInterventionFile([{ ...ofStudy('a', 3), name: 'other' }]));
    await expectError(askedIntervention(named, key), 'configuration', 'no intervention “no snow”', '“other”');
    writeFileSync(file, '{');
    await expectError(askedIntervention(named, key), 'configuration', file, 'is no JSON');
  });
});
