import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { webviewPipe } from '../../../src/extension/webviewPipe';
import { connect } from '../../../src/shared/rpc/connect';
import { serve } from '../../../src/shared/rpc/serve';
import { vscodePipe } from '../../../src/webview/vscodePipe';
import { settled } from './pipePair';
import { sampleHandlers, sampleProtocol } from './sampleProtocol';

class Emitter<T> {
  private readonly listeners = new Set<(event: T) => unknown>();
  readonly event = (listener: (event: T) => unknown) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(event: T): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** A panel and its page, with VS Code's manners: a disposed panel gives no webview and delivers nothing. */
function panelAndPage() {
  const fromPage = new Emitter<unknown>();
  const disposed = new Emitter<void>();
  let alive = true;
  const webview = {
    async postMessage(message: unknown) {
      if (!alive) throw new Error('Webview is disposed');
      const data = structuredClone(message);
      queueMicrotask(() => window.dispatchEvent(new MessageEvent('message', { data })));
      return true;
    },
    onDidReceiveMessage: fromPage.event,
  };
  const panel = {
    get webview() {
      if (!alive) throw new Error('Webview is disposed');
      return webview as unknown as vscode.Webview;
    },
    onDidDispose: disposed.event as vscode.Event<void>,
  };
  const api = {
    postMessage(message: unknown) {
      const data = structuredClone(message);
      queueMicrotask(() => fromPage.fire(data));
    },
  };
  const dispose = () => {
    alive = false;
    disposed.fire();
  };
  return { panel, api, dispose };
}

beforeEach(() => {
  vi.stubGlobal('window', new EventTarget());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('lets a page and its panel call each other', async () => {
  const { panel, api } = panelAndPage();
  const host = webviewPipe(panel);
  const page = vscodePipe(api);
  serve(host, 'host', sampleProtocol, sampleHandlers().handlers);
  serve(page, 'view', sampleProtocol, sampleHandlers().handlers);
  await expect(connect(page, 'host', sampleProtocol).remote.greet({ name: 'host' })).resolves.toBe(
    'Hello host',
  );
  await expect(connect(host, 'view', sampleProtocol).remote.greet({ name: 'view' })).resolves.toBe(
    'Hello view',
  );
});

it('rejects what the host asked and stops what the page asked when the panel is closed', async () => {
  const { panel, api, dispose } = panelAndPage();
  const host = webviewPipe(panel);
  const page = vscodePipe(api);
  const served = sampleHandlers();
  serve(host, 'host', sampleProtocol, served.handlers);
  serve(page, 'view', sampleProtocol, sampleHandlers().handlers);
  void connect(page, 'host', sampleProtocol).remote.wait({ steps: 0 });
  const { remote } = connect(host, 'view', sampleProtocol);
  const asked = expect(remote.wait({ steps: 0 })).rejects.toMatchObject({
    code: 'engine-stopped',
    message: expect.stringContaining('the panel was closed'),
  });
  await settled();
  dispose();
  await asked;
  expect(served.signals.map((signal) => signal.aborted)).toEqual([true]);
  await expect(remote.greet({ name: 'late' })).rejects.toMatchObject({ code: 'engine-stopped' });
  await settled();
});
