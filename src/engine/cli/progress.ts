import type { Progress } from '../../shared/rpc/protocol';
import { bytesText } from './inspect';

/** Stages that count bytes, by the word that they begin with; the others count pictures. */
const ofBytes = /^(Downloading|Hashing|Converting|Unpacking|Writing) /;

/** How far a job is, in one line. A stage of one step says only what it is. */
export function progressText({ stage, done, total }: Progress): string {
  if (total <= 1) return `${stage}…`;
  const amount = ofBytes.test(stage) ? bytesText : String;
  return `${stage}: ${amount(done)} of ${amount(total)}`;
}
