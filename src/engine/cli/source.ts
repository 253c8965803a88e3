import { existsSync } from 'node:fs';
import * as path from 'node:path';

/**
 * A model or dictionary as it stands on the command line, for the engine: what exists on this machine as an absolute
 * path; `neurons:`, `heads:`, and ids and addresses of the hub as they are.
 */
export function sourceOf(text: string): string {
  const local = path.resolve(text);
  if (existsSync(local)) return local;
  const isHubId = /^[\w.-]+\/[\w.-]+(@[\w./-]+)?(\/.*)?$/.test(text) && !text.startsWith('.');
  const isOther = /^(neurons:|heads:|hf:\/\/|https?:\/\/)/.test(text);
  return isOther || isHubId ? text : local;
}
