import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultLevel, defaultMargin, defaultNuisances } from '../../../../src/shared/audit';

it('the settings say what an audit is by default', () => {
  const { contributes } = JSON.parse(readFileSync(join(__dirname, '../../../../package.json'), 'utf8'));
  const defaultOf = (name: string) => contributes.configuration.properties[`clipsight.audit.${name}`].default;
  expect(defaultOf('margin')).toBe(defaultMargin);
  expect(defaultOf('level')).toBe(defaultLevel);
  expect(defaultOf('nuisances')).toEqual(defaultNuisances);
});
