import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PickleValue, unpickle } from '../../../src/engine/checkpoint/pickle';
import { PickleError } from '../../../src/engine/checkpoint/pickleReader';

interface Case {
  readonly protocol: number;
  readonly pickle: string;
  readonly value: unknown;
}

/** What CPython wrote, with what it had written (tools/golden/torch_files.py). */
const cases: readonly Case[] = JSON.parse(
  readFileSync(join(__dirname, '../../golden/torch/files/pickles.json'), 'utf8'),
);

/** A pickle, one character per byte. */
const bytes = (code: string) => Buffer.from(code, 'latin1');
const read = (code: string) => unpickle(bytes(code));

/** As torch_files.py describes values in JSON. */
function described(value: PickleValue): unknown {
  if (typeof value === 'bigint') return { integer: String(value) };
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { float: Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf' };
  }
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (value instanceof Map) return { dict: entries(value) };
  if (value instanceof Set) return { set: [...value].map(described) };
  if (isList(value)) return value.map(described);
  if (!('kind' in value)) throw new Error('a value of no kind');
  switch (value.kind) {
    case 'global':
      return { global: `${value.module}.${value.name}` };
    case 'persistent':
      return { persistent: described(value.id) };
    case 'record':
      return {
        record: `${value.module}.${value.name}`,
        ...(value.state === null ? {} : { state: described(value.state) }),
        ...(value.items.length === 0 ? {} : { items: value.items.map(described) }),
        ...(value.entries.size === 0 ? {} : { entries: entries(value.entries) }),
      };
  }
}

const entries = (map: ReadonlyMap<PickleValue, PickleValue>) =>
  [...map].map(([key, value]) => [described(key), described(value)]);

function isList(value: PickleValue): value is readonly PickleValue[] {
  return Array.isArray(value);
}

describe('a pickle', () => {
  test.each(cases)('of protocol $protocol has what CPython put in', ({ pickle, value }) => {
    expect(described(unpickle(Buffer.from(pickle, 'base64')))).toEqual(value);
  });

  test('keeps what is shared, and what contains itself', () => {
    const list = read(']q\x00(h\x00h\x00e.') as readonly PickleValue[];
    expect(list).toHaveLength(2);
    expect(list[0]).toBe(list);
    expect(list[1]).toBe(list);
  });

  test('has what Python 2 and other writers have', () => {
    expect(described(read("(I01\nI00\nI-7\nL99L\nF-1.5e3\nS'a\\x41\\n'\nVx\\u00e9\nt."))).toEqual([
      true,
      false,
      -7,
      99,
      -1500,
      'aA\n',
      'xé',
    ]);
    expect(described(read('(U\x03abcT\x02\x00\x00\x00\xff\xfel.'))).toEqual(['abc', { bytes: 'fffe' }]);
    expect(described(read('(K\x01K\x02d.'))).toEqual({ dict: [[1, 2]] });
    expect(described(read('(cm\nC\nK\x01o.'))).toEqual({ record: 'm.C' });
    expect(described(read('(K\x01im\nC\n.'))).toEqual({ record: 'm.C' });
    expect(described(read('Pkey\n.'))).toEqual({ persistent: 'key' });
    expect(described(read('K\x01K\x020(K\x031.'))).toBe(1);
    expect(described(read('K\x01(0.'))).toBe(1);
    expect(described(read('K\x012\x86.'))).toEqual([1, 1]);
    expect(described(read('K\x01p5\n0K\x02g5\n.'))).toBe(1);
  });

  test('names what would be called, and calls nothing', () => {
    const system = read("cposix\nsystem\n(S'touch here'\ntR.");
    expect(system).toEqual({
      kind: 'record',
      module: 'posix',
      name: 'system',
      args: ['touch here'],
      state: null,
      items: [],
      entries: new Map(),
    });
    const made = read('cm\nC\n)}X\x01\x00\x00\x00aK\x01s\x92}b.') as { args: unknown; state: unknown };
    expect(made.args).toEqual([new Map([['a', 1]])]);
    expect(made.state).toEqual(new Map());
  });

  test('can be interpreted, call by call', () => {
    const value = unpickle<{ kind: 'made'; args: unknown }>(bytes('cm\nf\nK\x02\x85R}\x86.'), {
      call: ({ module, name }, args) => (module === 'm' && name === 'f' ? { kind: 'made', args } : undefined),
    });
    expect(value).toEqual([{ kind: 'made', args: [2] }, new Map()]);
  });

  test('does not reach the prototype of anything', () => {
    const key = (name: string) => `X${String.fromCharCode(name.length)}\x00\x00\x00${name}`;
    const dict = read(`}${key('__proto__')}}${key('polluted')}\x88ss.`) as ReadonlyMap<unknown, unknown>;
    expect([...dict.keys()]).toEqual(['__proto__']);
    const record = read(`cm\nC\n)R}${key('__proto__')}}${key('polluted')}\x88ssb.`) as object;
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

const long = (length: bigint) => {
  const field = Buffer.alloc(8);
  field.writeBigUInt64LE(length);
  return field.toString('latin1');
};

describe('what is refused', () => {
  test.each([
    ['nothing at all', '', 'truncated'],
    ['no end', 'N', 'truncated'],
    ['nothing to give', '.', 'takes more'],
    ['a protocol to come', '\x80\x06N.', 'protocol 6'],
    ['an unknown instruction', '\xff.', '0xff'],
    ['an extension code', '\x82\x01.', '0x82'],
    ['a buffer outside', '\x97.', '0x97'],
    ['a string that is cut off', 'X\x05\x00\x00\x00ab.', 'truncated'],
    ['a huge LONG4', '\x8b\xff\xff\xff\x7f.', 'truncated'],
    ['a negative LONG4', '\x8b\xff\xff\xff\xff.', 'truncated'],
    ['a negative BINSTRING', 'T\xff\xff\xff\xff.', 'truncated'],
    ['an integer of many bytes', `\x8b\x01\x04\x00\x00${'\x01'.repeat(1025)}.`, 'too long'],
    ['an integer of many digits', `I${'9'.repeat(1025)}\n.`, 'number'],
    ['a huge BINBYTES8', `\x8e${long(2n ** 63n)}x.`, 'truncated'],
    ['a huge BINUNICODE8', `\x8d${long(2n ** 64n - 1n)}x.`, 'truncated'],
    ['a huge frame', `\x95${long(2n ** 40n)}N.`, 'truncated'],
    ['a line without an end', 'I12', 'truncated'],
    ['text that is not UTF-8', 'X\x01\x00\x00\x00\xff.', 'UTF-8'],
    ['an integer of letters', 'Iabc\n.', 'number'],
    ['a float of letters', 'F0x10\n.', 'number'],
    ['a text without quotes', 'Sabc\n.', 'quotes'],
    ['a character that is none', 'V\\U00110000\n.', 'character'],
    ['an unknown thing', 'h\x01.', 'not named'],
    ['a mark that is missing', 'N\x65.', 'mark'],
    ['what lies beneath a mark', 'N(\x85.', 'takes more'],
    ['a name beneath a mark', 'N(q\x00.', 'takes more'],
    ['an item of a number', 'K\x01K\x02K\x03s.', 'not a dict'],
    ['an item of a list', ']K\x02K\x03s.', 'not a dict'],
    ['an odd number of items', '}(K\x01u.', 'without a value'],
    ['a longer tuple', ')K\x01a.', 'not a list'],
    ['a longer tuple of one', 'K\x01\x85K\x01a.', 'not a list'],
    ['a longer text', 'U\x01aK\x01a.', 'not a list'],
    ['attributes of a list', ']}b.', 'attributes'],
    ['attributes twice', 'cm\nC\n)R}b}b.', 'attributes'],
    ['a call of a number', 'K\x01)R.', 'not a name'],
    ['a call of what a call gives', 'cm\nC\n)R)R.', 'not a name'],
    ['a call with a number', 'cm\nC\nK\x01R.', 'arguments'],
    ['a call with keywords that are none', 'cm\nC\n))\x92.', 'arguments'],
    ['a name that is no text', 'K\x01K\x02\x93.', 'not text'],
    ['marks without end', `${'('.repeat(2000)}.`, 'too deeply'],
  ])('%s', (_name, code, part) => {
    expect(() => read(code)).toThrow(PickleError);
    expect(() => read(code)).toThrow(part);
  });

  test.each([
    ['instructions', '\x80\x02N'.repeat(600_000), 'instructions'],
    ['lists', ']'.repeat(1_000_000), 'things'],
    ['dicts', '}'.repeat(1_000_000), 'things'],
    ['names', `c${'a\n'.repeat(2)}`.repeat(400_000), 'things'],
    ['entries of a memo', `N${'\x94'.repeat(2_500_000)}`, 'instructions'],
    ['text', 'U\x02ab'.repeat(2_500_000), 'instructions'],
  ])('too many %s', (_name, code, part) => {
    expect(() => read(code)).toThrow(part);
  });

  test('but not depth: nothing here recurses', () => {
    expect(read(`${']'.repeat(290_000)}${'a'.repeat(289_999)}.`)).toHaveLength(1);
  });
});

describe('a damaged pickle', () => {
  const codes = fc.constantFrom(...'(0.12BCFGIJKLMNPQRSTUVX]abcdeghijloqprstu}'.split(''));

  test('is data or a PickleError, never anything else', () => {
    let accepted = 0;
    const attempt = (input: Uint8Array) => {
      try {
        unpickle(input);
        accepted++;
      } catch (thrown) {
        if (!(thrown instanceof PickleError)) throw thrown;
      }
    };
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.nat(5), changes, (which, edits) => {
        const whole = Buffer.from(cases[which]!.pickle, 'base64');
        for (const [at, value] of edits) whole[at % whole.length] = value;
        attempt(whole);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(codes, fc.string({ unit: 'binary-ascii', maxLength: 3 }))), (parts) =>
        attempt(bytes(`${parts.join('')}.`)),
      ),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
