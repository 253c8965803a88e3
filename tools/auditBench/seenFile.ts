import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Scene } from '../world/scene';
import { digest } from './kept';
import type { Seen } from './observer';

/** What scenes gave in earlier runs. It knows nothing of the code that draws: who changes that begins a new folder. */
export interface SeenFile {
  get(scene: Scene): Seen | undefined;
  add(scenes: readonly Scene[], seen: readonly Seen[]): void;
}

/** `study` names all that what is seen depends on but the scene. Null keeps nothing. */
export function openSeenFile(folder: string | null, study: string): SeenFile {
  if (folder === null) return { get: () => undefined, add: () => undefined };
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${digest(study)}.jsonl`);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  const known = new Map(
    lines.map((line) => {
      const [key, embedding, components, activations] = JSON.parse(line) as [string, string, string, string];
      const seen: Seen = {
        embedding: new Float32Array(bytesOf(embedding)),
        components: new Int32Array(bytesOf(components)),
        activations: new Float32Array(bytesOf(activations)),
      };
      return [key, seen];
    }),
  );
  return {
    get: (scene) => known.get(hashOf(scene)),
    add(scenes, seen) {
      const added = seen.map((one, i) =>
        JSON.stringify([
          hashOf(scenes[i]!),
          textOf(one.embedding),
          textOf(one.components),
          textOf(one.activations),
        ]),
      );
      appendFileSync(file, `${added.join('\n')}\n`);
    },
  };
}

/** A scene apart from its caption, which is not drawn. */
export function sceneKey({ caption: _, ...drawn }: Scene): string {
  return JSON.stringify(drawn);
}

function hashOf(scene: Scene): string {
  return createHash('sha256').update(sceneKey(scene)).digest('base64');
}

function textOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer;
}
