import type { EngineProtocol } from '../shared/engineProtocol';
import { ClipsightError } from '../shared/errors';
import type { Handlers } from '../shared/rpc/protocol';

/** Placeholder until the façade is written: answers `describe` and nothing else. */
export function createEngine(_options: {
  readonly cacheFolder: string | null;
  readonly threads?: number;
}): Handlers<EngineProtocol> {
  const missing = () => {
    throw new ClipsightError('internal', 'This engine cannot compute yet.');
  };
  return {
    describe: () => ({ version: '0.1.0', device: 'cpu', precision: 'float32', pid: process.pid }),
    openStudy: missing,
    attribute: missing,
    preview: missing,
  };
}
