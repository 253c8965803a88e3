import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ClipsightError } from '../../../src/shared/errors';
import { connect } from '../../../src/shared/rpc/connect';
import type { JobContext, Progress } from '../../../src/shared/rpc/protocol';
import { serve } from '../../../src/shared/rpc/serve';
import { pipePair, settled } from './pipePair';
import { sampleHandlers, sampleProtocol } from './sampleProtocol';

function sample(clone?: (message: unknown) => unknown) {
  const [near, far] = pipePair(clone);
  const served = sampleHandlers();
  const server = serve(far, 'sample', sampleProtocol, served.handlers);
  const connection = connect(near, 'sample', sampleProtocol);
  return { near, far, server, connection, remote: connection.remote, ...served };
}

const code = (expected: string) => expect.objectContaining({ name: 'ClipsightError', code: expected });

describe('a call', () => {
  it('carries text and typed arrays there and back', async () => {
    const { remote } = sample();
    await expect(remote.greet({ name: 'wolf' })).resolves.toBe('Hello wolf');
    const doubled = await remote.double({ values: Float32Array.of(0.5, -1.25, 3) });
    expect(doubled).toBeInstanceOf(Float32Array);
    expect([...doubled]).toEqual([1, -2.5, 6]);
  });

  it('answers each of many calls at once with its own result', async () => {
    const { remote } = sample();
    const names = Array.from({ length: 40 }, (_, index) => `image ${index}`);
    const answers = await Promise.all(names.map((name) => remote.greet({ name }, { onProgress() {} })));
    expect(answers).toEqual(names.map((name) => `Hello ${name}`));
  });

  it('gives nothing where nothing was agreed, also over a channel that speaks JSON', async () => {
    const { remote } = sample((message) => JSON.parse(JSON.stringify(message)));
    await expect(remote.nothing({})).resolves.toBeUndefined();
  });

  it('rejects with the code, message and remedy that the handler threw', async () => {
    const { remote } = sample();
    const error = await remote.fail({ how: 'clipsight' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClipsightError);
    expect(error).toMatchObject({
      code: 'dictionary',
      message: 'sae.safetensors has no W_dec.',
      remedy: 'Choose another file.',
    });
    await expect(remote.fail({ how: 'error' })).rejects.toMatchObject({
      code: 'internal',
      message: 'index out of range',
    });
    await expect(remote.fail({ how: 'string' })).rejects.toMatchObject({
      code: 'internal',
      message: 'just text',
    });
  });

  it('keeps stacks on the side where they arose', async () => {
    const { remote, far } = sample();
    await expect(remote.fail({ how: 'error' })).rejects.toThrow('index out of range');
    expect(JSON.stringify(far.posted)).not.toMatch(/stack|sampleProtocol/);
  });

  it('refuses a request that its schema does not admit, naming the method and the field', async () => {
    const { remote, calls } = sample();
    const wrong = { name: 7 } as unknown as { name: string };
    await expect(remote.greet(wrong)).rejects.toMatchObject({
      code: 'protocol',
      message: expect.stringMatching(/sample\.greet.*name/),
    });
    expect(calls).toEqual([]);
  });

  it('refuses a result that was not agreed', async () => {
    const [near, far] = pipePair();
    serve(
      far,
      'liar',
      { count: { request: z.strictObject({}), result: z.string() } },
      { count: () => 'three' },
    );
    const { remote } = connect(near, 'liar', { count: { request: z.strictObject({}), result: z.number() } });
    await expect(remote.count({})).rejects.toEqual(code('protocol'));
  });

  it('rejects where a request or a result cannot be carried', async () => {
    const [near, far] = pipePair();
    const protocol = { echo: { request: z.unknown(), result: z.unknown() } };
    serve(far, 'echo', protocol, { echo: (request) => (request === 'function' ? () => 1 : request) });
    const { remote } = connect(near, 'echo', protocol);
    await expect(remote.echo(() => 1)).rejects.toEqual(code('protocol'));
    await expect(remote.echo('function')).rejects.toEqual(code('protocol'));
    await expect(remote.echo('text')).resolves.toBe('text');
  });

  it('shares a pipe and even a name with calls in the other direction', async () => {
    const [near, far] = pipePair();
    const protocol = { whoAmI: { request: z.strictObject({}), result: z.string() } };
    const answering =
      (side: string) =>
      (_request: object, { progress }: JobContext) => {
        progress({ stage: 'asking', done: 1, total: 2 });
        return side;
      };
    serve(near, 'peer', protocol, { whoAmI: answering('near') });
    serve(far, 'peer', protocol, { whoAmI: answering('far') });
    const heard: string[] = [];
    const toFar = connect(near, 'peer', protocol).remote;
    const toNear = connect(far, 'peer', protocol).remote;
    await expect(
      Promise.all([
        toFar.whoAmI({}, { onProgress: () => heard.push('far') }),
        toNear.whoAmI({}, { onProgress: () => heard.push('near') }),
      ]),
    ).resolves.toEqual(['far', 'near']);
    expect(heard.sort()).toEqual(['far', 'near']);
    const frames = near.posted.length + far.posted.length;
    await settled();
    expect(near.posted.length + far.posted.length).toBe(frames);
  });
});

describe('progress and cancelling', () => {
  it('brings progress in order to the call that it belongs to', async () => {
    const { remote } = sample();
    const controller = new AbortController();
    const heard: Record<'a' | 'b', Progress[]> = { a: [], b: [] };
    const waits = [
      remote.wait(
        { steps: 2 },
        { signal: controller.signal, onProgress: (progress) => heard.a.push(progress) },
      ),
      remote.wait(
        { steps: 3 },
        { signal: controller.signal, onProgress: (progress) => heard.b.push(progress) },
      ),
    ];
    await settled();
    controller.abort();
    await Promise.allSettled(waits);
    expect(heard.a.map(({ done, total }) => [done, total])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(heard.b.map(({ done, total }) => [done, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('rejects an aborted call at once and tells its handler to stop', async () => {
    const { remote, signals } = sample();
    const controller = new AbortController();
    const call = remote.wait({ steps: 0 }, { signal: controller.signal });
    await settled();
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
    controller.abort();
    await expect(call).rejects.toEqual(code('cancelled'));
    // A person may be shown it: the name of a method says nothing to them.
    await expect(call).rejects.toThrow(/^Cancelled\.$/);
    await settled();
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });

  it('rejects at once even if the handler never listens', async () => {
    const [near, far] = pipePair();
    const protocol = { hang: { request: z.strictObject({}), result: z.undefined() } };
    serve(far, 'deaf', protocol, { hang: () => new Promise<undefined>(() => {}) });
    const controller = new AbortController();
    const call = connect(near, 'deaf', protocol).remote.hang({}, { signal: controller.signal });
    await settled();
    controller.abort();
    await expect(call).rejects.toEqual(code('cancelled'));
  });

  it('cancels a call whose handler has not begun', async () => {
    const { remote, signals } = sample();
    const controller = new AbortController();
    const call = remote.wait({ steps: 0 }, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toEqual(code('cancelled'));
    await settled();
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });

  it('sends nothing for a signal that was aborted before', async () => {
    const { remote, near } = sample();
    await expect(remote.wait({ steps: 0 }, { signal: AbortSignal.abort() })).rejects.toEqual(
      code('cancelled'),
    );
    expect(near.posted).toEqual([]);
  });

  it('frees the numbered ports of both sides when their call ends', async () => {
    const { remote, near, far } = sample();
    const before = [near.listeners, far.listeners];
    const controller = new AbortController();
    await remote.greet({ name: 'fox' }, { signal: controller.signal, onProgress() {} });
    const call = remote.wait({ steps: 1 }, { signal: controller.signal });
    await settled();
    expect([near.listeners, far.listeners]).not.toEqual(before);
    controller.abort();
    await expect(call).rejects.toEqual(code('cancelled'));
    await settled();
    expect([near.listeners, far.listeners]).toEqual(before);
  });
});

describe('the end of a connection', () => {
  it('rejects pending and later calls when the pipe closes, and stops the jobs', async () => {
    const { remote, near, far, signals } = sample();
    const pending = [remote.wait({ steps: 0 }), remote.wait({ steps: 0 }, { onProgress() {} })];
    const outcomes = Promise.allSettled(pending);
    await settled();
    near.close('it exited with code 3');
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ reason: code('engine-stopped') });
      expect(outcome).toMatchObject({
        reason: { message: expect.stringContaining('it exited with code 3') },
      });
    }
    const sent = near.posted.length;
    await expect(remote.greet({ name: 'late' })).rejects.toEqual(code('engine-stopped'));
    expect(near.posted.length).toBe(sent);
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
    await settled();
    expect([near.listeners, far.listeners]).toEqual([0, 0]);
  });

  it('rejects pending and later calls on dispose', async () => {
    const { connection, remote, near } = sample();
    const pending = expect(remote.wait({ steps: 0 })).rejects.toEqual(code('engine-stopped'));
    connection.dispose();
    await pending;
    await expect(remote.greet({ name: 'late' })).rejects.toEqual(code('engine-stopped'));
    expect(near.listeners).toBe(0);
  });

  it('answers nothing after the server is disposed', async () => {
    const { server, remote, calls, far } = sample();
    server.dispose();
    void remote.greet({ name: 'nobody' }).catch(() => {});
    await settled();
    expect(calls).toEqual([]);
    expect(far.posted).toEqual([]);
  });
});
