import * as path from 'node:path';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { type Model, openModel } from '../../src/engine/model';
import { modelOnCpu, type Sessions } from '../../src/engine/runtime/sessions';
import { openStudy, type Study } from '../../src/engine/study';

const root = path.join(import.meta.dirname, '../..');
const folder = path.join(root, 'models/emoji-clip');
const hashes = new HashCache(null);

export const wolf = { kind: 'file', path: path.join(root, 'examples/demo/images/wolf/wolf_00.jpg') } as const;

/** The bundled model, with its towers where `sessions` are. */
export function openDemoModel(sessions: Sessions): Promise<Model> {
  return openModel(folder, {
    hashes,
    placeTowers: () => ({ ...modelOnCpu(1), sessions, background: sessions }),
  });
}

/** With a bundled dictionary. */
export function openDemoStudy(model: Model, dictionary: 'sae-cls' | 'sae-patches'): Promise<Study> {
  return openStudy({ model: folder, dictionary: path.join(root, 'models', dictionary) }, model, {
    hashes,
    threads: 1,
    weightCache: '',
    notes: [],
    selfTests: selfTestStore(null),
    demoImages: () => picturesIn(path.join(root, 'examples/demo/images/wolf')),
  });
}
