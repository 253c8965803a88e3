import { existsSync } from 'node:fs';
import * as path from 'node:path';

/**
 * A model or dictionary as it stands on the command line, for the engine: what exists on this machine as an absolute
 * path, `neurons:` and `heads:` and ids of the hub as they are.
 */
export function sourceOf(text: string): string {
  const local = path.resolve(text);
  if (existsSync(local)) return local;
  const isHubId = /^[\w.-]+\/[\w.-]+(@[\w./-]+)?(\/.*)?$/.test(text) && !text.startsWith('.');
  return /^(neurons|heads):/.test(text) || isHubId ? text : local;
}
