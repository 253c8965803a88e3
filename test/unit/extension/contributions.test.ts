import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(__dirname, '../../..');
const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const texts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));

it('no setting lies below another: the editor would drop one of them', () => {
  const names = Object.keys(contributes.configuration.properties);
  expect(names.filter((name) => names.some((other) => other.startsWith(`${name}.`)))).toEqual([]);
});

it('every text that a contribution names is there, and every one that is there is named', () => {
  const source = readFileSync(join(root, 'package.json'), 'utf8');
  const named = new Set([...source.matchAll(/"%([\w.]+)%"/g)].map(([, name]) => name));
  expect([...named].sort()).toEqual(Object.keys(texts).sort());
});

it('every command of a menu is contributed', () => {
  const known = contributes.commands.map(({ command }: { command: string }) => command);
  const entries: { command: string }[] = Object.values<{ command: string }[]>(contributes.menus).flat();
  expect(entries.map(({ command }) => command).filter((command) => !known.includes(command))).toEqual([]);
});
