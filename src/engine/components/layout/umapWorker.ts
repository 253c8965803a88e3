import { parentPort, workerData } from 'node:worker_threads';
import { UMAP } from 'umap-js';
import { uniforms } from '../../numeric/uniforms';
import type { UmapInput, UmapMessage } from './umapMessages';

/** Epochs are reported at most so often, in milliseconds. */
const REPORT = 100;

const { others, distances, k, x, y } = workerData as UmapInput;
const say = (message: UmapMessage) => parentPort?.postMessage(message);

const count = x.length;
const numbers = Array.from({ length: count }, (_, i) => i);
const random = uniforms(1);
// Its first neighbour of a row is the row itself, as where it finds them on its own.
const umap = new UMAP({ nNeighbors: k + 1, random });
umap.setPrecomputedKNN(
  numbers.map((i) => [i, ...others.subarray(i * k, (i + 1) * k)]),
  numbers.map((i) => [0, ...distances.subarray(i * k, (i + 1) * k)]),
);
// Of the rows themselves it then needs only how many there are.
const epochs = umap.initializeFit(numbers.map(() => []));
const places = umap.getEmbedding();
// It starts anywhere; we start where the rows are told apart best, and equal ones a little apart.
places.forEach((place, i) => {
  place[0] = x[i]! + (random() - 0.5) / 1000;
  place[1] = y[i]! + (random() - 0.5) / 1000;
});
let reported = 0;
say({ kind: 'epoch', done: 0, total: epochs });
for (let epoch = 1; epoch <= epochs; epoch++) {
  umap.step();
  if (Date.now() - reported >= REPORT || epoch === epochs) {
    reported = Date.now();
    say({ kind: 'epoch', done: epoch, total: epochs });
  }
}
const found = umap.getEmbedding();
say({
  kind: 'done',
  x: Float32Array.from(found, ([at]) => at!),
  y: Float32Array.from(found, ([, at]) => at!),
});
