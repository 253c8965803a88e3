import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflate } from './deflate';
import { filesIn } from './filesIn';
import type { Target } from './targets';
import { type ExtensionManifest, isExecutable, vsixFrame } from './vsix';
import { writeZip, type ZipEntry } from './zip';

/** Packs a staged folder; the same folder gives the same bytes. @returns the path of the .vsix */
export async function packVsix(target: Target, staged: string, outFolder: string): Promise<string> {
  const manifest: ExtensionManifest = JSON.parse(readFileSync(join(staged, 'package.json'), 'utf8'));
  const files = filesIn(staged);
  const entries: ZipEntry[] = [];
  const add = async (name: string, data: Uint8Array, executable: boolean) => {
    entries.push({ name, data, deflated: await deflate(data), isExecutable: executable });
  };
  for (const [name, text] of vsixFrame(manifest, target, files)) {
    await add(name, new TextEncoder().encode(text), false);
  }
  for (const file of files) {
    await add(`extension/${file}`, readFileSync(join(staged, file)), isExecutable(file));
  }
  const path = join(outFolder, `${manifest.name}-${target}-${manifest.version}.vsix`);
  writeFileSync(path, writeZip(entries));
  return path;
}
