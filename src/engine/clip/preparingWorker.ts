import { parentPort } from 'node:worker_threads';
import { toErrorInfo } from '../../shared/errors';
import { prepareHere } from './preparePictures';
import type { PreparingAnswer, PreparingRequest } from './preparingMessages';

const port = parentPort!;

port.on('message', async ({ id, bytes, name, models }: PreparingRequest) => {
  const say = (answer: PreparingAnswer, pixels: readonly ArrayBuffer[]) => port.postMessage(answer, pixels);
  try {
    const images = await prepareHere(bytes, name, models);
    say(
      { id, kind: 'prepared', images },
      images.map(({ pixels }) => pixels.buffer as ArrayBuffer),
    );
  } catch (thrown) {
    say({ id, kind: 'failed', error: toErrorInfo(thrown) }, []);
  }
});
