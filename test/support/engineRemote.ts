import { type EngineProtocol, engineProtocol } from '../../src/shared/engineProtocol';
import type { Remote } from '../../src/shared/rpc/protocol';

/** An engine that answers as told, and rejects what it was not told to answer. */
export function engineRemote(answers: Partial<Remote<EngineProtocol>>): Remote<EngineProtocol> {
  const refusals = Object.keys(engineProtocol).map((method) => [
    method,
    () => Promise.reject(new Error(`${method} was not to be asked`)),
  ]);
  return { ...Object.fromEntries(refusals), ...answers };
}
