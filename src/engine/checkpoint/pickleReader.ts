import { isUtf8 } from 'node:buffer';
import { type ByteSource, bytesInMemory } from './byteSource';

/** A pickle that is damaged, or asks for more than data. */
export class PickleError extends Error {
  override readonly name = 'PickleError';
}

/** In bytes or digits. */
const longestInteger = 1024;

/** A weights file of hundreds of megabytes has some of them as text; the weights themselves are skipped. */
const mostKept = 32 * 1024 * 1024;
/** Names of classes, and texts of the first protocol, which take more time than others. */
const mostInLines = 2 * 1024 * 1024;
const windowLength = 64 * 1024;

/** The input, from front to back; nothing is read beyond its end, and of a file only a window is held. */
export class PickleReader {
  readonly #source: ByteSource;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #at = 0;
  /** In bytes, of all that was taken. */
  #kept = 0;
  #inLines = 0;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  constructor(input: Uint8Array | ByteSource) {
    this.#source = input instanceof Uint8Array ? bytesInMemory(input) : input;
  }

  /** Where the next byte lies, from the start of the input. */
  get position(): number {
    return this.#at;
  }

  byte(): number {
    const at = this.#advance(1);
    return this.#window[at]!;
  }

  unsigned16(): number {
    const at = this.#advance(2);
    return this.#window.readUInt16LE(at);
  }

  unsigned32(): number {
    const at = this.#advance(4);
    return this.#window.readUInt32LE(at);
  }

  signed32(): number {
    const at = this.#advance(4);
    return this.#window.readInt32LE(at);
  }

  /** Inexact beyond 2^53, which is beyond any input. */
  unsigned64(): number {
    const at = this.#advance(8);
    return Number(this.#window.readBigUInt64LE(at));
  }

  float64(): number {
    const at = this.#advance(8);
    return this.#window.readDoubleBE(at);
  }

  /** A view: to be copied by who keeps it. */
  take(length: number): Buffer {
    this.demand(length);
    this.#kept += length;
    if (this.#kept > mostKept) throw tooMuch();
    const start = this.#advance(length);
    return this.#window.subarray(start, start + length);
  }

  skip(length: number): void {
    this.demand(length);
    this.#at += length;
  }

  text(length: number): string {
    try {
      return this.#text.decode(this.take(length));
    } catch (thrown) {
      throw thrown instanceof PickleError ? thrown : new PickleError('a text in it is not UTF-8');
    }
  }

  /** To the next line feed, which is left out: one character per byte. */
  line(): string {
    for (let searched = 256; ; searched *= 4) {
      const left = Math.min(searched, this.#source.length - this.#at, mostInLines);
      const start = this.#have(left);
      const end = this.#window.subarray(start, start + left).indexOf(0x0a);
      if (end !== -1) {
        this.#inLines += end;
        if (this.#inLines > mostInLines) throw tooMuch();
        const line = this.take(end).toString('latin1');
        this.#at++;
        return line;
      }
      if (left === mostInLines) throw tooMuch();
      if (left < searched) throw truncated();
    }
  }

  /** Demands that so much is left. */
  demand(length: number): void {
    if (length < 0 || length > this.#source.length - this.#at) throw truncated();
  }

  /** Where in the window the next `length` bytes begin. */
  #advance(length: number): number {
    this.demand(length);
    const start = this.#have(length);
    this.#at += length;
    return start;
  }

  #have(length: number): number {
    const start = this.#at - this.#windowStart;
    if (start >= 0 && start + length <= this.#window.length) return start;
    this.#window = this.#source.read(this.#at, Math.max(length, windowLength));
    this.#windowStart = this.#at;
    // The file became shorter meanwhile.
    if (this.#window.length < length) throw truncated();
    return 0;
  }
}

function tooMuch(): PickleError {
  return new PickleError('it holds more text than any weights need');
}

function truncated(): PickleError {
  return new PickleError('it is truncated');
}

function integer(value: bigint): number | bigint {
  const narrow = Number(value);
  return Number.isSafeInteger(narrow) ? narrow : value;
}

/** In decimal digits. */
export function pythonInteger(text: string): number | bigint {
  if (!/^-?\d+$/.test(text) || text.length > longestInteger)
    throw new PickleError('it has a number that is none');
  return integer(BigInt(text));
}

export function pythonFloat(text: string): number {
  const special = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, nan: Number.NaN };
  if (Object.hasOwn(special, text)) return special[text as keyof typeof special];
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))
    throw new PickleError('it has a number that is none');
  return Number(text);
}

/** Two's complement, least byte first. */
export function twosComplement(bytes: Buffer): number | bigint {
  if (bytes.length > longestInteger) throw new PickleError('it has a number that is too long');
  if (bytes.length === 0) return 0;
  const value = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  return integer(BigInt.asIntN(8 * bytes.length, value));
}

/** Python 2 did not tell text from bytes: text where it is UTF-8. */
export function textOrBytes(bytes: Buffer): string | Uint8Array {
  return isUtf8(bytes) ? bytes.toString('utf8') : Uint8Array.from(bytes);
}

const escapes: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** A literal of Python 2, with its quotes. */
export function pythonText(literal: string): string | Uint8Array {
  const match = /^(['"])(.*)\1$/s.exec(literal);
  if (match === null) throw new PickleError('it has a text without quotes');
  const raw = match[2]!.replace(/\\(x[0-9a-f]{2}|[0-7]{1,3}|.)/gis, (_all, code: string) => {
    if (/^x./i.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    return Object.hasOwn(escapes, code) ? escapes[code]! : code;
  });
  return textOrBytes(Buffer.from(raw, 'latin1'));
}

/** Python's raw-unicode-escape: Latin-1 with \uXXXX and \UXXXXXXXX. */
export function rawUnicode(line: string): string {
  return line.replace(/\\u([0-9a-f]{4})|\\U([0-9a-f]{8})/g, (_all, short?: string, long?: string) => {
    const point = Number.parseInt(short ?? long!, 16);
    if (point > 0x10ffff) throw new PickleError('it has a character that is none');
    return String.fromCodePoint(point);
  });
}
