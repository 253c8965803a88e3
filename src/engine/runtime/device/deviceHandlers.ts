import { ClipsightError } from '../../../shared/errors';
import type { Handlers } from '../../../shared/rpc/protocol';
import { OnnxModel } from '../onnxModel';
import type { DeviceProtocol } from './deviceProtocol';

/** The far end of `startDevice`. */
export function deviceHandlers(): Handlers<DeviceProtocol> {
  const open = new Map<number, OnnxModel>();
  let last = 0;
  const opened = (session: number): OnnxModel => {
    const model = open.get(session);
    if (model === undefined) throw new ClipsightError('protocol', `There is no session ${session}.`);
    return model;
  };
  return {
    async open({ model, ...options }) {
      const made = await OnnxModel.open(model, options);
      last += 1;
      open.set(last, made);
      return { session: last };
    },
    run: ({ session, feeds }) => opened(session).run(feeds),
    async release({ session }) {
      const model = opened(session);
      open.delete(session);
      await model.release();
      return undefined;
    },
  };
}
