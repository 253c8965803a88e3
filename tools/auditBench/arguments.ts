import { parseArgs } from 'node:util';

export const defaults = { seed: 4242, amount: 0.01, size: 64, words: 24 } as const;

export function parseArguments(argv: readonly string[]) {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: String(defaults.seed) },
      amount: { type: 'string', default: String(defaults.amount) },
      size: { type: 'string', default: String(defaults.size) },
      words: { type: 'string', default: String(defaults.words) },
      'truth-only': { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  return values;
}
