import { createHash } from 'node:crypto';

/** The same for the same content, and for no other. */
export function contentKey(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64');
}
