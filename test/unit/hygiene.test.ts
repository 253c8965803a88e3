import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(__dirname, '../..');

/** Files that git knows or would add: what a person publishes. */
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => /\.(ts|mjs|json|md|py|ya?ml|proto|txt)$/.test(path));

it('names no folder of one person or machine', () => {
  const home = /(?<![\w.])\/(?:root|(?:home|Users)\/(?!me\b|you\b)\w+)\/|[A-Z]:\\Users\\(?!me\b|you\b)/;
  expect(files.filter((path) => home.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
});

it('locks packages by their content, not by the registry they came from', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const entries: [string, { resolved?: string; integrity?: string }][] = Object.entries(packages);
  const wrong = entries.filter(([path, { resolved, integrity }]) => path !== '' && (resolved || !integrity));
  expect(wrong.map(([path]) => path)).toEqual([]);
});
