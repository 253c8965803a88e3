/** A pickle that is damaged, or asks for more than data. */
export class PickleError extends Error {
  override readonly name = 'PickleError';
}

/** In bytes or digits. */
const longestInteger = 1024;

/** The input, from front to back; nothing is read beyond its end. */
export class PickleReader {
  readonly #bytes: Buffer;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  byte(): number {
    return this.#bytes[this.#advance(1)]!;
  }

  unsigned16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  unsigned32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  signed32(): number {
    return this.#bytes.readInt32LE(this.#advance(4));
  }

  /** Inexact beyond 2^53, which is beyond any input. */
  unsigned64(): number {
    return Number(this.#bytes.readBigUInt64LE(this.#advance(8)));
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#advance(8));
  }

  /** A view: valid as long as the input. */
  take(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
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
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end === -1) throw truncated();
    const line = this.take(end - this.#at).toString('latin1');
    this.#at++;
    return line;
  }

  /** Demands that so much is left. */
  demand(length: number): void {
    if (length < 0 || length > this.#bytes.length - this.#at) throw truncated();
  }

  #advance(length: number): number {
    this.demand(length);
    const start = this.#at;
    this.#at += length;
    return start;
  }
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
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
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
