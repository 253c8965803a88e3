import type { Progress } from '../../shared/rpc/protocol';
import { bytesText } from './inspect';
import { durationText, type Pace } from './pace';

/** Stages that count bytes, by the word that they begin with; the others count pictures. */
const ofBytes = /^(Downloading|Hashing|Converting|Unpacking|Writing) /;

/** How far a job is, in one line; how fast and how long, where that is known. A stage of one step says only what it is. */
export function progressText(
  { stage, done, total }: Progress,
  pace: ReturnType<Pace['after']> = null,
): string {
  if (total <= 1) return `${stage}…`;
  const amount = ofBytes.test(stage) ? bytesText : String;
  const amounts = `${stage}: ${amount(done)} of ${amount(total)}`;
  if (pace === null) return amounts;
  const perSecond = ofBytes.test(stage) ? bytesText(pace.perSecond) : pace.perSecond.toFixed(1);
  return `${amounts}, ${perSecond} per second, ${durationText(pace.secondsLeft)} left`;
}
