import { crc32, gzipSync } from 'node:zlib';
import { withHeader } from './safetensorsFile';
import { type EntryToWrite, zipBytes } from './zipFile';

const mb = 1024 * 1024;
export const latin1 = (code: string) => Buffer.from(code, 'latin1');
export const pickle = (code: string) => latin1(`\x80\x04${code}.`);
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('latin1');
};
export const int64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes.toString('latin1');
};
const text = (value: string) => `X${int32(value.length)}${value}`;
const archive = (code: string, deflated: boolean) =>
  zipBytes([{ name: 'a/data.pkl', data: pickle(code), deflated }]);

/** Every level holds the one below ten times. */
const laughs = (levels: number, empty: string, level: (below: string, i: number) => string) =>
  Array.from(
    { length: levels },
    (_, i) => `${i === 0 ? empty : level(`h${String.fromCharCode(i - 1)}`, i)}\x94`,
  ).join('');
const ten = Array.from({ length: 10 }, (_, i) => i);

const legacyHead = '\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.';
const machine = `\x80\x02}(${text('little_endian')}\x88${text('padding')}${text(' '.repeat(100))}u.`;
const claim = (key: string, count: string) =>
  `(${text('storage')}ctorch\nFloatStorage\n${text(key)}${text('cpu')}${count}NtQ`;
const storage = `${legacyHead}${machine}\x80\x02${claim('0', 'K\x01')}.\x80\x02]${text('0')}a.${int64(1n)}\0\0\0\0`;
const embedded = `ctorch.storage\n_load_from_bytes\nB${int32(storage.length)}${storage}\x85R`;

/** Files that would take all the time or memory of whoever believed them. */
export const bombs: readonly (readonly [
  what: string,
  name: string,
  bytes: () => Uint8Array,
  said: string,
])[] = [
  // Pickles
  ['nesting lists', 'a.pkl', () => pickle(`${']'.repeat(290_000)}${'a'.repeat(289_999)}`), 'no state dict'],
  ['nesting tuples', 'a.pkl', () => pickle(`N${'\x85'.repeat(290_000)}`), 'no state dict'],
  [
    'nesting dicts',
    'a.pkl',
    () => pickle(`${`}${text('m')}`.repeat(250_000)}N${'s'.repeat(250_000)}`),
    'no state dict',
  ],
  ['nesting marks', 'a.pkl', () => pickle('('.repeat(mb)), 'too deeply'],
  ['nesting calls', 'a.pkl', () => pickle(`N${'\x94cm\nf\nh\x00\x85R'.repeat(150_000)}`), 'more than'],
  ['a list of itself', 'a.pkl', () => pickle(']\x94h\x00a'), 'no state dict'],
  ['a dict of itself', 'a.pkl', () => pickle(`}\x94${text('model')}h\x00s`), 'no state dict'],
  [
    'an object of itself',
    'a.pkl',
    () => pickle(`c__torch__.a\nA\n)\x81\x94}${text('x')}h\x00sb`),
    'without end',
  ],
  [
    'laughing lists',
    'a.pkl',
    () => pickle(laughs(200, ']', (below) => `](${below.repeat(10)}e`)),
    'no state dict',
  ],
  [
    'laughing dicts',
    'a.pkl',
    () =>
      pickle(
        `}${text('model')}${laughs(200, '}', (below) => `}(${ten.map((i) => text(`${i}`) + below).join('')}u`)}s`,
      ),
    'no state dict',
  ],
  [
    'laughing objects',
    'a.pkl',
    () =>
      pickle(
        laughs(
          200,
          'N',
          (below) => `c__torch__.a\nA\n)\x81}(${ten.map((i) => text(`${i}`) + below).join('')}ub`,
        ),
      ),
    'without end',
  ],
  [
    'laughing calls',
    'a.pkl',
    () => pickle(laughs(200, 'N', (below) => `cm\nf\n(${below.repeat(10)}tR`)),
    'class m.f',
  ],
  ['BINBYTES8 of 2^62', 'a.pkl', () => pickle(`\x8e${int64(2n ** 62n)}`), 'truncated'],
  ['BYTEARRAY8 of 2^64', 'a.pkl', () => pickle(`\x96${int64(2n ** 64n - 1n)}`), 'truncated'],
  ['BINUNICODE8 of 2^40', 'a.pkl', () => pickle(`\x8d${int64(2n ** 40n)}`), 'truncated'],
  ['LONG4 of 2^31', 'a.pkl', () => pickle(`\x8b${int32(2 ** 31 - 1)}`), 'truncated'],
  [
    'LONG4 of all there is',
    'a.pkl',
    () => pickle(`\x8b${int32(8 * mb)}${'\x7f'.repeat(8 * mb)}`),
    'too long',
  ],
  ['LONG1s', 'a.pkl', () => pickle(`\x8a\xff${'\x7f'.repeat(255)}`.repeat(150_000)), 'more text'],
  ['INT of all there is', 'a.pkl', () => pickle(`I${'9'.repeat(8 * mb)}\n`), 'more text'],
  ['PUT of all there is', 'a.pkl', () => pickle(`Np${'9'.repeat(8 * mb)}\n`), 'more text'],
  ['FLOAT of all there is', 'a.pkl', () => pickle(`F${'9'.repeat(8 * mb)}\n`), 'more text'],
  ['FLOATs', 'a.pkl', () => pickle(`F${'9'.repeat(1000)}\n0`.repeat(5000)), 'more text'],
  ['STRING of escapes', 'a.pkl', () => pickle(`S'${'\\x41'.repeat(mb / 2 - 1)}'\n`), 'no state dict'],
  ['STRINGs of escapes', 'a.pkl', () => pickle(`S'${'\\x41'.repeat(100)}'\n0`.repeat(50_000)), 'more text'],
  ['UNICODE of escapes', 'a.pkl', () => pickle(`V${'\\u0041'.repeat(mb / 3)}\n`), 'no state dict'],
  ['FRAME of 2^60', 'a.pkl', () => pickle(`\x95${int64(2n ** 60n)}`), 'truncated'],
  ['memo of 2^32', 'a.pkl', () => pickle(`N${`r${int32(2 ** 32 - 1)}`.repeat(1_000_000)}`), 'instructions'],
  ['DUP', 'a.pkl', () => pickle(`]${'2'.repeat(2 * mb)}`), 'instructions'],
  ['DUP and TUPLE', 'a.pkl', () => pickle(`(N${'2'.repeat(900_000)}t`), 'no state dict'],
  ['MEMOIZE', 'a.pkl', () => pickle(`N${'\x94'.repeat(2 * mb)}`), 'instructions'],
  ['DUP and MEMOIZE', 'a.pkl', () => pickle(`N${'2\x94'.repeat(mb)}`), 'instructions'],
  ['dicts', 'a.pkl', () => pickle('}'.repeat(mb)), 'things'],
  ['sets', 'a.pkl', () => pickle('\x8f'.repeat(mb)), 'things'],
  ['frozen sets', 'a.pkl', () => pickle('(\x91'.repeat(mb)), 'things'],
  ['bytes', 'a.pkl', () => pickle('C\x01x'.repeat(mb)), 'things'],
  ['old bytes', 'a.pkl', () => pickle('U\x01\xff'.repeat(mb)), 'things'],
  ['objects', 'a.pkl', () => pickle(`cm\nC\n\x94${'h\x00)\x81'.repeat(mb / 2)}`), 'things'],
  ['filled dicts', 'a.pkl', () => pickle('}K\x01NsK\x01Ns'.repeat(150_000)), 'instructions'],
  [
    'one dict',
    'a.pkl',
    () => pickle(`}(${Array.from({ length: 490_000 }, (_, i) => `J${int32(i)}N`).join('')}u`),
    'no state dict',
  ],
  ['texts', 'a.pkl', () => pickle('X\x01\0\0\0a'.repeat(mb)), 'instructions'],
  ['text of a hundred MB', 'a.pkl', () => pickle(`X${int32(100 * mb)}${'a'.repeat(100 * mb)}`), 'more text'],
  [
    'text of 30 MB',
    'a.pkl',
    () => pickle(`X${int32(30 * mb)}${'\xe6\x97\xa5'.repeat(10 * mb)}`),
    'no state dict',
  ],
  ['a line of a hundred MB', 'a.pkl', () => pickle(`V${'a'.repeat(100 * mb)}`), 'more text'],
  [
    'a storage many times',
    'a.pkl',
    () => pickle(`${embedded}\x94${'h\x00'.repeat(400_000)}`),
    'no state dict',
  ],
  [
    'calls for a storage',
    'a.pkl',
    () =>
      pickle(
        `ctorch.storage\n_load_from_bytes\n\x94B${int32(storage.length)}${storage}\x85\x94${'h\x00h\x01R'.repeat(340_000)}`,
      ),
    'instructions',
  ],
  ['many storages', 'a.pkl', () => pickle(embedded.repeat(20_000)), 'more than 8192 storages'],
  [
    'storages that are no storages',
    'a.pkl',
    () =>
      pickle(
        `ctorch.storage\n_load_from_bytes\nB${int32(legacyHead.length + mb)}${legacyHead}${'N0'.repeat(mb / 2)}\x85R`,
      ),
    'more than 500 instructions',
  ],
  ['lists in an archive', 'a.pt', () => archive(']'.repeat(mb), false), 'things'],
  ['lists in an archive, deflated', 'a.pt', () => archive(']'.repeat(mb), true), 'things'],
  [
    'text in an archive',
    'a.pt',
    () => archive(`X${int32(31 * mb)}${'a'.repeat(31 * mb)}`, true),
    'no state dict',
  ],
  // Legacy
  [
    'many legacy storages',
    'a.pt',
    () =>
      latin1(
        `${legacyHead}${machine}\x80\x02(${ten
          .map((i) => claim(`${i}`, 'K\x01'))
          .join('')
          .repeat(20_000)}l.`,
      ),
    'more than',
  ],
  [
    'legacy storages of 2^53',
    'a.pt',
    () =>
      latin1(
        `${legacyHead}${machine}\x80\x02${claim('0', `\x8a\x07${'\xff'.repeat(6)}\x1f`)}.\x80\x02]${text('0')}a.${int64(2n ** 53n - 1n)}`,
      ),
    'truncated',
  ],
  [
    'legacy keys',
    'a.pt',
    () => latin1(`${legacyHead}${machine}\x80\x02N.\x80\x02](${text('0').repeat(900_000)}e.`),
    'nothing uses',
  ],
  // Archives
  [
    'a deflated pickle',
    'a.pt',
    () => zipBytes([{ name: 'a/data.pkl', data: new Uint8Array(64 * mb), deflated: true }]),
    'more than the',
  ],
  [
    'a deflated pickle that denies it',
    'a.pt',
    () => zipBytes([{ name: 'a/data.pkl', data: new Uint8Array(64 * mb), deflated: true, size: 1000 }]),
    'to 1000 bytes',
  ],
  [
    'entries',
    'a.pt',
    () =>
      zipBytes(
        Array.from({ length: 60_000 }, (_, i): EntryToWrite => ({ name: `a/${i}`, data: new Uint8Array(0) })),
      ),
    'claims',
  ],
  [
    'as many entries as are read',
    'a.pt',
    () =>
      zipBytes(
        Array.from({ length: 8192 }, (_, i): EntryToWrite => ({ name: `a/${i}`, data: new Uint8Array(0) })),
      ),
    'not one of PyTorch',
  ],
  [
    'entries over each other',
    'a.pt',
    () =>
      zipBytes(
        Array.from(
          { length: 8000 },
          (_, i): EntryToWrite => ({
            name: 'a',
            data: new Uint8Array(i === 0 ? mb : 0),
            size: mb,
            packedSize: mb,
            headerOffset: 0,
          }),
        ),
      ),
    'overlaps',
  ],
  ['ends', 'a.pt', () => latin1('PK\x05\x06\xff'.repeat(20_000)), 'not a file of PyTorch'],
  [
    'ends after a beginning',
    'a.pt',
    () => latin1(`PK\x03\x04${'PK\x05\x06\xff'.repeat(20_000)}`),
    'directory',
  ],
  [
    '2^60 entries',
    'a.pt',
    () => zipBytes([{ name: 'a', data: new Uint8Array(1) }], { entries: 2 ** 60, zip64: true }),
    'claims',
  ],
  [
    'a directory of 2^60 bytes',
    'a.pt',
    () => zipBytes([{ name: 'a', data: new Uint8Array(1) }], { size: 2 ** 60, zip64: true }),
    'beyond',
  ],
  [
    'a line of brackets before an archive',
    'a.pt',
    () => Buffer.concat([latin1(`{"a":${'['.repeat(mb - 10)}\n`), archive('}', false)]),
    'JSON',
  ],
  [
    'a name of all there is',
    'a.pt',
    () => zipBytes([{ name: 'a'.repeat(65_000), data: new Uint8Array(0) }]),
    'name',
  ],
  ['a class of all there is', 'a.pkl', () => pickle(`c${'a'.repeat(mb)}\nb\n)R`), 'too long'],
  [
    'a key of all there is',
    'a.pt',
    () => latin1(`${legacyHead}${machine}\x80\x02${claim('0'.repeat(mb), 'K\x01')}.`),
    'storage',
  ],
  [
    'axes',
    'a.pkl',
    () =>
      pickle(`ctorch._utils\n_rebuild_tensor_v2\n(${embedded}K\x00(${'K\x02'.repeat(400_000)}t\x94h\x00tR`),
    'no sound shape',
  ],
  // Archives of numpy
  [
    'deflated arrays',
    'a.npz',
    () =>
      zipBytes(
        Array.from(
          { length: 1999 },
          (_, i): EntryToWrite => ({ name: `${i}.npy`, data: new Uint8Array(mb / 16), deflated: true }),
        ),
      ),
    'no sound header',
  ],
  ['a large deflated array', 'a.npz', () => npz('67108864', new Uint8Array(256 * mb)), 'no weights do'],
  ['an array of 2^62', 'a.npz', () => npz('4611686018427387904', new Uint8Array(100)), 'no sound header'],
  [
    'an array whose shape is all there is',
    'a.npz',
    () => npz(`${'2, '.repeat(15_000)}2`, new Uint8Array(4)),
    'no sound header',
  ],
  // gzip
  ['zeros', 'a.pkl.gz', () => gzipSync(new Uint8Array(200 * mb), { level: 1 }), 'no weights do'],
  ['gzip in gzip', 'a.pkl.gz', () => gzipSync(gzipSync(new Uint8Array(10 * mb))), 'compressed twice'],
  [
    'nothing, often',
    'a.pkl.gz',
    () => Buffer.concat(Array.from({ length: 20_000 }, () => gzipSync(''))),
    'is empty',
  ],
  // Safetensors
  [
    'a header of brackets',
    'a.safetensors',
    () => withHeader(`{"a":${'['.repeat(9 * mb)}`, new Uint8Array(0)),
    'header',
  ],
  [
    'a header of all that is read, of brackets',
    'a.safetensors',
    () => withHeader(`{"a":${'['.repeat(7 * mb)}`, new Uint8Array(0)),
    'than any model',
  ],
  [
    'a header of objects',
    'a.safetensors',
    () => withHeader(`{"a":${'{"a":'.repeat(1.5 * mb)}`, new Uint8Array(0)),
    'than any model',
  ],
  [
    'a header of lists',
    'a.safetensors',
    () => withHeader(`{"a":[${'[],'.repeat(2.5 * mb)}[]]}`, new Uint8Array(0)),
    'than any model',
  ],
  [
    'a header of tensors',
    'a.safetensors',
    () =>
      withHeader(
        `{${Array.from({ length: 80_000 }, (_, i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`).join()},"w":0}`,
        new Uint8Array(0),
      ),
    'than any model',
  ],
  [
    'a shape of all there is',
    'a.safetensors',
    () =>
      withHeader(
        `{"a":{"dtype":"F32","shape":[${'9,'.repeat(3.5 * mb)}9],"data_offsets":[0,0]}}`,
        new Uint8Array(0),
      ),
    'described',
  ],
  [
    'a tensor whose name is all there is',
    'a.safetensors',
    () => withHeader(`{"${'a'.repeat(7 * mb)}":0}`, new Uint8Array(0)),
    'longer names',
  ],
  [
    'a header of spaces',
    'a.safetensors',
    () => withHeader(`{${' '.repeat(7 * mb)}`, new Uint8Array(0)),
    'header',
  ],
];

function npz(shape: string, data: Uint8Array): Buffer {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape},), }\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(description.length);
  const array = Buffer.concat([latin1('\x93NUMPY\x01\0'), length, latin1(description), data]);
  return zipBytes([{ name: 'W.npy', data: array, deflated: true, crc32: crc32(array) }]);
}
