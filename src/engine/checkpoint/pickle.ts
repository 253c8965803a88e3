import {
  PickleError,
  PickleReader,
  pythonFloat,
  pythonInteger,
  pythonText,
  rawUnicode,
  textOrBytes,
  twosComplement,
} from './pickleReader';

/**
 * What a pickle describes, as plain data. Lists and tuples are arrays, dicts are Maps; classes, calls and
 * instances are only named. `Leaf` is what the caller makes of some calls. Values can be shared, contain
 * themselves, and nest without limit: whoever walks them bounds the walk. A `kind` tells the objects apart; that
 * of a `Leaf` is none of those below.
 */
export type PickleValue<Leaf = never> =
  | null
  | boolean
  | number
  /** An integer beyond ±2^53. */
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue<Leaf>[]
  | ReadonlyMap<PickleValue<Leaf>, PickleValue<Leaf>>
  | ReadonlySet<PickleValue<Leaf>>
  | PickleGlobal
  | PickleRecord<Leaf>
  | PersistentId<Leaf>
  | Leaf;

/** A class or function, by name. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly module: string;
  readonly name: string;
}

/** What calling a class or function would have made. Nothing was called. */
export interface PickleRecord<Leaf = never> {
  readonly kind: 'record';
  readonly module: string;
  readonly name: string;
  /** Keyword arguments, where there are any, come last, as a Map. */
  readonly args: readonly PickleValue<Leaf>[];
  /** What it would have been given as its attributes; null where there is none. */
  readonly state: PickleValue<Leaf>;
  /** Of a subclass of list or set. */
  readonly items: readonly PickleValue<Leaf>[];
  /** Of a subclass of dict. */
  readonly entries: ReadonlyMap<PickleValue<Leaf>, PickleValue<Leaf>>;
}

/** A thing kept outside the pickle. */
export interface PersistentId<Leaf = never> {
  readonly kind: 'persistent';
  readonly id: PickleValue<Leaf>;
}

/**
 * Takes what a pickle says for what it stands for; undefined leaves it as it is. What is thrown ends the
 * unpickling.
 */
export interface Interpretation<Leaf> {
  call?(callable: PickleGlobal, args: readonly PickleValue<Leaf>[]): PickleValue<Leaf> | undefined;
  persistent?(id: PickleValue<Leaf>): PickleValue<Leaf> | undefined;
  /** A byte string longer than `longestBytes`, given by its place in the input: it is not read. */
  longBytes?(offset: number, length: number): PickleValue<Leaf>;
}

/** In bytes. A legacy storage, which `longBytes` is there for, takes more even when it is empty. */
export const longestBytes = 128;

/** A CLIP takes some 20 000 instructions, a training checkpoint some 100 000. */
const mostOperations = 1_000_000;
const mostContainers = 300_000;
const deepestMark = 1000;
/** In characters, of a class or function. */
const longestName = 1000;

/** The instructions of protocols 0 to 5, as CPython's Lib/pickletools.py names them. */
const op = {
  MARK: 0x28,
  EMPTY_TUPLE: 0x29,
  STOP: 0x2e,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  FLOAT: 0x46,
  BINFLOAT: 0x47,
  INT: 0x49,
  BININT: 0x4a,
  BININT1: 0x4b,
  LONG: 0x4c,
  BININT2: 0x4d,
  NONE: 0x4e,
  PERSID: 0x50,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  STRING: 0x53,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  UNICODE: 0x56,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  DICT: 0x64,
  APPENDS: 0x65,
  GET: 0x67,
  BINGET: 0x68,
  INST: 0x69,
  LONG_BINGET: 0x6a,
  LIST: 0x6c,
  OBJ: 0x6f,
  PUT: 0x70,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
  BYTEARRAY8: 0x96,
} as const;

/**
 * Reads a pickle (protocols 0 to 5, CPython's Lib/pickletools.py) without calling, importing or creating
 * anything that it names. Instructions that refer to something outside of it (extension codes, out-of-band
 * buffers) are refused. Time and memory are bounded by the input's length and by fixed limits. A reader is left
 * behind the end of the pickle, where another may follow.
 *
 * @throws PickleError, or what `interpretation` throws.
 */
export function unpickle<Leaf = never>(
  input: Uint8Array | PickleReader,
  interpretation: Interpretation<Leaf> = {},
  most: number = mostOperations,
): PickleValue<Leaf> {
  const reader = input instanceof Uint8Array ? new PickleReader(input) : input;
  return new Unpickler(reader, interpretation).run(most);
}

/** A record while it is being made. */
interface Draft<Leaf> extends PickleRecord<Leaf> {
  state: PickleValue<Leaf>;
  items: readonly PickleValue<Leaf>[];
  entries: ReadonlyMap<PickleValue<Leaf>, PickleValue<Leaf>>;
}

const none: readonly never[] = Object.freeze([]);
const noEntries: ReadonlyMap<never, never> = new Map<never, never>();

class Unpickler<Leaf> {
  readonly #input: PickleReader;
  readonly #interpretation: Interpretation<Leaf>;
  readonly #stack: PickleValue<Leaf>[] = [];
  /** Heights of the stack at which the marks lie. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue<Leaf>>();
  #containers = 0;

  constructor(input: PickleReader, interpretation: Interpretation<Leaf>) {
    this.#input = input;
    this.#interpretation = interpretation;
  }

  run(most: number): PickleValue<Leaf> {
    for (let operations = 0; operations < most; operations++) {
      const code = this.#input.byte();
      if (code === op.STOP) return this.#pop();
      const value = this.#step(code);
      if (value !== undefined) this.#stack.push(value);
    }
    throw new PickleError(`it has more than ${most} instructions`);
  }

  /** Follows one instruction; gives what it puts on the stack. */
  #step(code: number): PickleValue<Leaf> | undefined {
    const input = this.#input;
    switch (code) {
      case op.PROTO: {
        const protocol = input.byte();
        if (protocol > 5) throw new PickleError(`its protocol ${protocol} is not known`);
        return undefined;
      }
      case op.FRAME:
        input.demand(input.unsigned64());
        return undefined;

      case op.NONE:
        return null;
      case op.NEWTRUE:
        return true;
      case op.NEWFALSE:
        return false;
      case op.INT:
        return booleanOrInteger(input.line());
      case op.LONG:
        return pythonInteger(input.line().replace(/L$/, ''));
      case op.BININT:
        return input.signed32();
      case op.BININT1:
        return input.byte();
      case op.BININT2:
        return input.unsigned16();
      case op.LONG1:
        return twosComplement(input.take(input.byte()));
      case op.LONG4:
        return twosComplement(input.take(input.signed32()));
      case op.FLOAT:
        return pythonFloat(input.line());
      case op.BINFLOAT:
        return input.float64();

      case op.STRING:
        return pythonText(input.line());
      case op.BINSTRING:
        return this.#textOrBytes(input.signed32());
      case op.SHORT_BINSTRING:
        return this.#textOrBytes(input.byte());
      case op.UNICODE:
        return rawUnicode(input.line());
      case op.SHORT_BINUNICODE:
        return input.text(input.byte());
      case op.BINUNICODE:
        return input.text(input.unsigned32());
      case op.BINUNICODE8:
        return input.text(input.unsigned64());
      case op.SHORT_BINBYTES:
        return this.#bytes(input.byte());
      case op.BINBYTES:
        return this.#bytes(input.unsigned32());
      case op.BINBYTES8:
      case op.BYTEARRAY8:
        return this.#bytes(input.unsigned64());

      case op.MARK:
        if (this.#marks.length === deepestMark) throw new PickleError('it nests too deeply');
        this.#marks.push(this.#stack.length);
        return undefined;
      case op.POP:
        if (this.#stack.length > this.#floor()) this.#pop();
        else this.#popToMark();
        return undefined;
      case op.POP_MARK:
        this.#popToMark();
        return undefined;
      case op.DUP:
        return this.#top();

      case op.EMPTY_TUPLE:
        return none;
      case op.TUPLE1:
        return this.#tuple(this.#popSome(1));
      case op.TUPLE2:
        return this.#tuple(this.#popSome(2));
      case op.TUPLE3:
        return this.#tuple(this.#popSome(3));
      case op.TUPLE:
        return this.#tuple(this.#popToMark());
      case op.LIST:
        return this.#counted(this.#popToMark());
      case op.EMPTY_LIST:
        return this.#counted([]);
      case op.APPEND:
        this.#append(this.#popSome(1));
        return undefined;
      case op.APPENDS:
        this.#append(this.#popToMark());
        return undefined;
      case op.DICT:
        return this.#counted(assign(new Map(), this.#popToMark()));
      case op.EMPTY_DICT:
        return this.#counted(new Map());
      case op.SETITEM:
        this.#assign(this.#popSome(2));
        return undefined;
      case op.SETITEMS:
        this.#assign(this.#popToMark());
        return undefined;
      case op.EMPTY_SET:
        return this.#counted(new Set());
      case op.ADDITEMS:
        this.#add(this.#popToMark());
        return undefined;
      case op.FROZENSET:
        return this.#counted(new Set(this.#popToMark()));

      case op.PUT:
        this.#put(Number(pythonInteger(input.line())));
        return undefined;
      case op.BINPUT:
        this.#put(input.byte());
        return undefined;
      case op.LONG_BINPUT:
        this.#put(input.unsigned32());
        return undefined;
      case op.MEMOIZE:
        this.#put(this.#memo.size);
        return undefined;
      case op.GET:
        return this.#get(Number(pythonInteger(input.line())));
      case op.BINGET:
        return this.#get(input.byte());
      case op.LONG_BINGET:
        return this.#get(input.unsigned32());

      case op.GLOBAL:
        return this.#global(input.line(), input.line());
      case op.STACK_GLOBAL: {
        const [module, name] = this.#popSome(2);
        return this.#global(module, name);
      }
      case op.REDUCE:
      case op.NEWOBJ: {
        const [callable, args] = this.#popSome(2);
        return this.#call(callable, args);
      }
      case op.NEWOBJ_EX: {
        const [callable, args, keywords] = this.#popSome(3);
        if (!isList(args) || !(keywords instanceof Map)) throw notArguments();
        return this.#call(callable, keywords.size === 0 ? args : [...args, keywords]);
      }
      case op.OBJ: {
        const [callable, ...args] = this.#popToMark();
        return this.#call(callable, args);
      }
      case op.INST: {
        const callable = this.#global(input.line(), input.line());
        return this.#call(callable, this.#popToMark());
      }
      case op.BUILD:
        this.#build(this.#pop());
        return undefined;
      case op.PERSID:
        return this.#persistent(input.line());
      case op.BINPERSID:
        return this.#persistent(this.#pop());
      default:
        throw new PickleError(`it has an instruction 0x${code.toString(16)}, which only Python can follow`);
    }
  }

  /** Nothing beneath the last mark is popped but by what takes the mark away. */
  #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }

  #top(): PickleValue<Leaf> {
    if (this.#stack.length <= this.#floor()) throw new PickleError('it takes more than it has put down');
    return this.#stack.at(-1)!;
  }

  #pop(): PickleValue<Leaf> {
    const top = this.#top();
    this.#stack.pop();
    return top;
  }

  #popSome(count: number): PickleValue<Leaf>[] {
    if (this.#stack.length - count < this.#floor())
      throw new PickleError('it takes more than it has put down');
    return this.#stack.splice(this.#stack.length - count);
  }

  #popToMark(): PickleValue<Leaf>[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new PickleError('it goes back to a mark that it has not set');
    return this.#stack.splice(mark);
  }

  #counted<T>(container: T): T {
    if (++this.#containers > mostContainers)
      throw new PickleError(`it holds more than ${mostContainers} things`);
    return container;
  }

  /** Frozen, which tells it from a list. */
  #tuple(items: PickleValue<Leaf>[]): PickleValue<Leaf> {
    return this.#counted(Object.freeze(items));
  }

  #put(index: number): void {
    this.#memo.set(index, this.#top());
  }

  #get(index: number): PickleValue<Leaf> {
    const value = this.#memo.get(index);
    if (value === undefined) throw new PickleError(`it refers to a thing ${index} that it has not named`);
    return value;
  }

  #global(module: PickleValue<Leaf> | undefined, name: PickleValue<Leaf> | undefined): PickleGlobal {
    if (typeof module !== 'string' || typeof name !== 'string') throw new PickleError('a name is not text');
    if (module.length + name.length > longestName) throw new PickleError('a name in it is too long');
    return this.#counted({ kind: 'global', module, name });
  }

  #call(callable: PickleValue<Leaf> | undefined, args: PickleValue<Leaf> | undefined): PickleValue<Leaf> {
    if (!isGlobal(callable)) throw new PickleError('it calls what is not a name');
    if (!isList(args)) throw notArguments();
    const made = this.#interpretation.call?.(callable, args);
    if (made !== undefined) return made;
    // How an object of a plain class is made since before there was an instruction for it.
    const [of] = args;
    const isMaker = /^copy_?reg$/.test(callable.module) && callable.name === '_reconstructor';
    return isMaker && isGlobal(of) ? this.#record(of, none) : this.#record(callable, args);
  }

  #persistent(id: PickleValue<Leaf>): PickleValue<Leaf> {
    return this.#interpretation.persistent?.(id) ?? this.#counted({ kind: 'persistent', id });
  }

  #textOrBytes(length: number): string | Uint8Array {
    const value = textOrBytes(this.#input.take(length));
    return typeof value === 'string' ? value : this.#counted(value);
  }

  #bytes(length: number): PickleValue<Leaf> {
    const { longBytes } = this.#interpretation;
    if (longBytes === undefined || length <= longestBytes) {
      return this.#counted(Uint8Array.from(this.#input.take(length)));
    }
    const offset = this.#input.position;
    this.#input.skip(length);
    return this.#counted(longBytes(offset, length));
  }

  #record({ module, name }: PickleGlobal, args: readonly PickleValue<Leaf>[]): PickleRecord<Leaf> {
    return this.#counted({
      kind: 'record',
      module,
      name,
      args,
      state: null,
      items: none,
      entries: noEntries,
    });
  }

  #build(state: PickleValue<Leaf>): void {
    const target = this.#top();
    // Attributes of a thing that was taken for a dict: there is no place for them, and nobody asks.
    if (target instanceof Map) return;
    if (!isDraft(target) || target.state !== null) throw new PickleError('it gives attributes to plain data');
    target.state = state;
  }

  #append(items: readonly PickleValue<Leaf>[]): void {
    const target = this.#top();
    if (isDraft(target) && target.items === none) target.items = [];
    const list = isDraft(target) ? target.items : target;
    if (!isList(list) || Object.isFrozen(list)) throw new PickleError('it appends to what is not a list');
    for (const item of items) list.push(item);
  }

  #add(items: readonly PickleValue<Leaf>[]): void {
    const target = this.#top();
    if (target instanceof Set) for (const item of items) target.add(item);
    else this.#append(items);
  }

  #assign(items: readonly PickleValue<Leaf>[]): void {
    const target = this.#top();
    if (isDraft(target) && target.entries === noEntries) target.entries = new Map();
    const entries = isDraft(target) ? target.entries : target;
    if (!(entries instanceof Map)) throw new PickleError('it sets an item of what is not a dict');
    assign(entries, items);
  }
}

/** `items` are keys and values in turn. */
function assign<V>(entries: Map<V, V>, items: readonly V[]): ReadonlyMap<V, V> {
  if (items.length % 2 !== 0) throw new PickleError('it has a key without a value');
  for (let i = 0; i < items.length; i += 2) entries.set(items[i]!, items[i + 1]!);
  return entries;
}

function isDraft<Leaf>(value: PickleValue<Leaf>): value is Draft<Leaf> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'record';
}

function isList<Leaf>(value: PickleValue<Leaf> | undefined): value is PickleValue<Leaf>[] {
  return Array.isArray(value);
}

function isGlobal(value: unknown): value is PickleGlobal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';
}

function notArguments(): PickleError {
  return new PickleError('it calls with what are not arguments');
}

/** Protocol 0 writes booleans as the integers 00 and 01. */
function booleanOrInteger(text: string): boolean | number | bigint {
  return text === '00' || text === '01' ? text === '01' : pythonInteger(text);
}
