import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  dictionary,
  integer,
  jsonValue,
  oneof,
  option,
  record,
  string,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Direction } from '../../../src/shared/direction';
import { connect } from '../../../src/shared/rpc/connect';
import { serve } from '../../../src/shared/rpc/serve';
import { pipePair, settled } from './pipePair';
import { sampleHandlers, sampleProtocol } from './sampleProtocol';

function attacked() {
  const [near, far] = pipePair();
  const served = sampleHandlers();
  serve(far, 'sample', sampleProtocol, served.handlers);
  return { near, far, ...served };
}

const raw = (value: unknown) => ({ type: 'RAW', value });
const frame = (data: unknown) => ({ port: 'sample', to: 'server', data });
const apply = (path: unknown, argumentList: unknown) =>
  frame({ id: 'x-1', type: 'APPLY', path, argumentList });
const greeting = raw({ name: 'fox' });

const refusedCalls: Record<string, unknown> = {
  'GET of a method': frame({ id: 'x-1', type: 'GET', path: ['greet'] }),
  'GET of the façade': frame({ id: 'x-1', type: 'GET', path: [] }),
  'SET of a method': frame({ id: 'x-1', type: 'SET', path: ['greet'], value: raw(1) }),
  'SET through __proto__': frame({ id: 'x-1', type: 'SET', path: ['__proto__', 'polluted'], value: raw(1) }),
  'SET through a constructor': frame({
    id: 'x-1',
    type: 'SET',
    path: ['greet', 'constructor', 'prototype', 'polluted'],
    value: raw(1),
  }),
  CONSTRUCT: frame({ id: 'x-1', type: 'CONSTRUCT', path: ['greet'], argumentList: [greeting, raw(null)] }),
  ENDPOINT: frame({ id: 'x-1', type: 'ENDPOINT' }),
  RELEASE: frame({ id: 'x-1', type: 'RELEASE' }),
  'an unknown type': frame({ id: 'x-1', type: 'EVAL', path: ['greet'] }),
  'an empty path': apply([], [greeting, raw(null)]),
  'no path': frame({ id: 'x-1', type: 'APPLY', argumentList: [greeting, raw(null)] }),
  'Function reached through call': apply(
    ['greet', 'constructor'],
    [raw('globalThis.polluted = 1'), raw(null)],
  ),
  'a method of a method': apply(['greet', 'call'], [greeting, raw(null)]),
  __proto__: apply(['__proto__'], [greeting, raw(null)]),
  constructor: apply(['constructor'], [greeting, raw(null)]),
  hasOwnProperty: apply(['hasOwnProperty'], [greeting, raw(null)]),
  'an unknown method': apply(['delete'], [greeting, raw(null)]),
  'a path that is no array': apply('greet', [greeting, raw(null)]),
  'a path of a number': apply([0], [greeting, raw(null)]),
  'a HANDLER request': apply(['greet'], [{ type: 'HANDLER', name: 'proxy', value: {} }, raw(null)]),
  'a thrown request': apply(
    ['greet'],
    [{ type: 'HANDLER', name: 'throw', value: { isError: true, value: {} } }, raw(null)],
  ),
  'a HANDLER port': apply(['greet'], [greeting, { type: 'HANDLER', name: 'proxy', value: {} }]),
  'a port that is a name': apply(['greet'], [greeting, raw('sample')]),
  'a port that is negative': apply(['greet'], [greeting, raw(-1)]),
  'no arguments': apply(['greet'], []),
  'too many arguments': apply(['greet'], [greeting, raw(null), raw(null)]),
  'arguments that are no list': apply(['greet'], { length: 2 }),
  'a field too many': frame({
    id: 'x-1',
    type: 'APPLY',
    path: ['greet'],
    argumentList: [greeting, raw(null)],
    value: 1,
  }),
};

const droppedMessages: Record<string, unknown> = {
  null: null,
  text: 'sample',
  'no frame': { id: 'x-1', type: 'APPLY', path: ['greet'], argumentList: [greeting, raw(null)] },
  'another port': { port: 'other', to: 'server', data: { id: 'x-1', type: 'GET', path: [] } },
  'a frame for the other end': { port: 'sample', to: 'caller', data: { id: 'x-1', type: 'GET', path: [] } },
  'a field too many in the frame': { ...frame({ id: 'x-1', type: 'GET', path: [] }), extra: 1 },
  'no data': { port: 'sample', to: 'server' },
  'no id': frame({ type: 'GET', path: [] }),
  'an id that is a number': frame({ id: 1, type: 'GET', path: [] }),
  'an empty id': frame({ id: '', type: 'GET', path: [] }),
  'an id of a megabyte': frame({ id: 'x'.repeat(1 << 20), type: 'GET', path: [] }),
};

describe('a server', () => {
  it.each(Object.entries(refusedCalls))('refuses %s and says so', async (_name, message) => {
    const { near, far, calls } = attacked();
    const listening = far.listeners;
    near.post(message);
    await settled();
    expect(calls).toEqual([]);
    expect(far.thrown).toEqual([]);
    expect(far.listeners).toBe(listening);
    expect(far.posted).toEqual([
      {
        port: 'sample',
        to: 'caller',
        data: {
          id: 'x-1',
          type: 'RAW',
          value: { kind: 'error', error: { code: 'protocol', message: expect.any(String) } },
        },
      },
    ]);
    expect('polluted' in {} || 'polluted' in (() => {}) || 'polluted' in globalThis).toBe(false);
  });

  it.each(Object.entries(droppedMessages))('drops %s', async (_name, message) => {
    const { near, far, calls } = attacked();
    const listening = far.listeners;
    near.post(message);
    await settled();
    expect(calls).toEqual([]);
    expect(far.thrown).toEqual([]);
    expect(far.listeners).toBe(listening);
    expect(far.posted).toEqual([]);
  });

  it('still knows a well-formed call: the cases above are refused for their faults', async () => {
    const { near, calls } = attacked();
    near.post(apply(['greet'], [greeting, raw(null)]));
    await settled();
    expect(calls).toEqual(['greet']);
  });

  it('refuses a port number in use, and the call that has it keeps it', async () => {
    const { near, far, calls, signals } = attacked();
    near.post(apply(['wait'], [raw({ steps: 0 }), raw(7)]));
    near.post(apply(['greet'], [greeting, raw(7)]));
    await settled();
    expect(calls).toEqual(['wait']);
    expect(far.posted).toMatchObject([{ data: { value: { error: { code: 'protocol' } } } }]);
    near.post({ port: 'sample#7', to: 'server', data: 'cancel' });
    await settled();
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });

  it('answers a request nested deeper than the stack with an error', async () => {
    const [near, far] = pipePair((message) => message);
    const protocol = { embed: { request: Direction, result: z.undefined() } };
    serve(far, 'sample', protocol, { embed: () => undefined });
    let direction: Direction = { kind: 'prompt', text: 'wolf' };
    for (let depth = 0; depth < 50_000; depth++) {
      direction = { kind: 'versus', of: direction, against: [{ kind: 'prompt', text: 'husky' }] };
    }
    const { remote } = connect(near, 'sample', protocol);
    await expect(remote.embed(direction)).rejects.toMatchObject({ name: 'ClipsightError' });
    expect(far.thrown).toEqual([]);
    await expect(remote.embed({ kind: 'prompt', text: 'wolf' })).resolves.toBeUndefined();
  });
});

describe('a caller', () => {
  it.each<[string, unknown]>([
    [
      'a HANDLER that throws',
      { type: 'HANDLER', name: 'throw', value: { isError: true, value: { name: 'Mine' } } },
    ],
    ['a HANDLER that is a proxy', { type: 'HANDLER', name: 'proxy', value: {} }],
    ['an unknown HANDLER', { type: 'HANDLER', name: '__proto__', value: {} }],
    ['a bare value', { type: 'RAW', value: 'Hello fox' }],
    ['an unknown code', { type: 'RAW', value: { kind: 'error', error: { code: 'owned', message: '' } } }],
    ['no type', {}],
  ])('rejects with protocol when answered %s', async (_name, answer) => {
    const [near, far] = pipePair();
    far.onMessage((message) => {
      const { id } = (message as { data: { id: string } }).data;
      far.post({ port: 'sample', to: 'caller', data: { id, ...(answer as object) } });
    });
    const { remote } = connect(near, 'sample', sampleProtocol);
    await expect(remote.greet({ name: 'fox' })).rejects.toMatchObject({
      name: 'ClipsightError',
      code: 'protocol',
    });
    expect(near.thrown).toEqual([]);
  });

  it('hears no progress that is none', async () => {
    const [near, far] = pipePair();
    const { remote } = connect(near, 'sample', sampleProtocol);
    const heard: unknown[] = [];
    void remote.wait({ steps: 0 }, { onProgress: (progress) => heard.push(progress) }).catch(() => {});
    const good = { stage: 'waiting', done: 1, total: 2 };
    for (const data of [null, 'half', { ...good, done: -1 }, { ...good, html: '<b>' }, good]) {
      far.post({ port: 'sample#1', to: 'caller', data });
    }
    await settled();
    expect(heard).toEqual([good]);
    expect(near.thrown).toEqual([]);
  });
});

describe('whatever is sent', () => {
  const nasty = constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'then',
    'apply',
    'greet',
    'wait',
    'sample',
    'sample#1',
    'RAW',
    'HANDLER',
    'throw',
    'proxy',
    'cancel',
  );
  const anything = oneof(
    { maxDepth: 3 },
    jsonValue({ maxDepth: 3 }),
    nasty,
    dictionary(nasty, jsonValue({ maxDepth: 1 })),
  );
  const wire = oneof(
    record(
      { type: constantFrom('RAW', 'HANDLER', 'PROXY', 'THROW'), name: nasty, value: anything },
      { requiredKeys: [] },
    ),
    anything,
  );
  // The one fault that all of these have keeps them from being an honest call by chance: a request is never
  // one that `greet`, `fail`, `double` or `wait` admits, and `nothing` is not named.
  const envelope = record(
    {
      id: oneof(string({ minLength: 1, maxLength: 8 }), nasty, anything),
      type: oneof(
        constantFrom('GET', 'SET', 'APPLY', 'CONSTRUCT', 'ENDPOINT', 'RELEASE', 'RAW', 'HANDLER'),
        anything,
      ),
      path: oneof(array(oneof(nasty, string(), integer()), { maxLength: 4 }), anything),
      argumentList: oneof(array(wire, { maxLength: 3 }), anything),
      value: wire,
    },
    { requiredKeys: [] },
  );
  const message = oneof(
    {
      weight: 4,
      arbitrary: record({
        port: oneof(constant('sample'), nasty),
        to: constantFrom('server', 'caller'),
        data: oneof(envelope, anything),
      }),
    },
    {
      weight: 1,
      arbitrary: record(
        { port: anything, to: anything, data: envelope, extra: option(anything) },
        { requiredKeys: [] },
      ),
    },
    { weight: 1, arbitrary: anything },
  );

  it('runs nothing, throws nothing, leaves nothing behind, and honest calls go on', async () => {
    const pristine = Object.getOwnPropertyNames(Object.prototype);
    await assert(
      asyncProperty(array(message, { maxLength: 20 }), async (messages) => {
        const { near, far, calls } = attacked();
        const { remote } = connect(near, 'sample', sampleProtocol);
        const back = connect(far, 'other', sampleProtocol);
        const listening = [near.listeners, far.listeners];
        for (const item of messages) {
          near.post(item);
          far.post(item);
        }
        await settled();
        expect(calls).toEqual([]);
        expect([...near.thrown, ...far.thrown]).toEqual([]);
        expect([near.listeners, far.listeners]).toEqual(listening);
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(pristine);
        await expect(remote.greet({ name: 'fox' })).resolves.toBe('Hello fox');
        back.dispose();
      }),
      { numRuns: 300 },
    );
  });
});
