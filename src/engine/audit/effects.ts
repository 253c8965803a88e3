import type { Finding, FindingEffect } from '../../shared/audit';
import type { JobContext } from '../../shared/rpc/protocol';
import { type ScoreDirection, score } from '../attribution/score';
import { pauser } from '../components/pause';
import type { InTurn, Subject } from '../components/subject';
import type { Library, Pictures } from '../library/library';
import { meanWithInterval } from '../numeric/bootstrap';
import { rowOf } from '../semantics/rows';
import { isOwn, type SubjectClasses } from './accuracy';
import type { Audited } from './parts';
import { type LeftOut, type SwitchedOff, switchedOff } from './switchedOff';

/** Images that are run for a finding, at most: the first by SHA-256 of those in which it is active, as good as drawn. */
export const mostRun = 64;
/** Embeddings read at a time: 64 MB of the usual width. */
const BLOCK = 32_768;

/** What confirming findings needs to know of the audit that they are of. */
export interface Confirming {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  /** Those that `Audited.pictures` are numbers of. */
  readonly pictures: Pictures;
  /** By the index of the subject: what its images may be put into; null where it is alone in its set. */
  readonly classes: (subject: number) => SubjectClasses | null;
}

export interface Effects {
  /** One per finding, in order; null where none of its images could be run. */
  readonly effects: readonly (FindingEffect | null)[];
  readonly notes: readonly string[];
}

/**
 * What switching the component off does, finding by finding, measured by running the model (docs/audit.md, *Confirmed*).
 * Findings share what is read: a picture is run once, with all that are asked of it.
 */
export async function effectsOf(
  findings: readonly Pick<Finding, 'subject' | 'component'>[],
  audited: readonly Audited[],
  confirming: Confirming,
  job: JobContext,
): Promise<Effects> {
  const placed = await placements(findings, audited, confirming, job);
  const trials = await trialsOf(findings, placed, confirming, job);
  const byPicture = new Map<number, Map<number, { readonly trial: Trial; readonly at: number }[]>>();
  for (const trial of trials) {
    trial.run.forEach((picture, at) => {
      const components = byPicture.get(picture) ?? new Map<number, { trial: Trial; at: number }[]>();
      byPicture.set(picture, components);
      components.set(trial.component, [...(components.get(trial.component) ?? []), { trial, at }]);
    });
  }
  const wanted = [...byPicture]
    .toSorted(([a], [b]) => a - b)
    .map(([picture, components]) => [picture, [...components.keys()]] as const);
  const take = ({ picture, component, before, after }: SwitchedOff): void => {
    for (const { trial, at } of byPicture.get(picture)!.get(component)!) {
      const { direction, classes } = trial.placement;
      trial.changes[at] = score(after, direction) - score(before, direction);
      if (classes !== null) trial.own[at] = Number(isOwn(after, classes));
    }
  };
  const left = await switchedOff(new Map(wanted), { ...confirming, take }, job);
  const pause = pauser(job);
  const effects: (FindingEffect | null)[] = [];
  for (const trial of trials) {
    await pause();
    effects.push(effectOf(trial));
  }
  return { effects, notes: notesOf(left) };
}

/** A subject's images that have an embedding, as the model puts them. */
interface Placement {
  readonly direction: ScoreDirection;
  readonly classes: SubjectClasses | null;
  /** Numbers of the pictures, ascending. */
  readonly pictures: Int32Array;
  /** y, and whether each is put into its own class; 0 for all where there are no classes. */
  readonly similarities: Float64Array;
  readonly own: Uint8Array;
}

/** By the index of the subject, of those that have findings. */
async function placements(
  findings: readonly Pick<Finding, 'subject'>[],
  audited: readonly Audited[],
  { library, subject, pictures, classes: classesOf }: Confirming,
  job: JobContext,
): Promise<ReadonlyMap<number, Placement>> {
  const asked = new Set(findings.map((finding) => finding.subject));
  const concerned = audited.filter((one) => asked.has(one.subject));
  const placed = new Map<number, Placement>();
  const pause = pauser(job);
  for (const [done, { subject: index, direction, pictures: numbers }] of concerned.entries()) {
    job.progress({ stage: 'Classifying images', done, total: concerned.length });
    const classes = classesOf(index);
    const embedded: number[] = [];
    const similarities: number[] = [];
    const own: number[] = [];
    for (let start = 0; start < numbers.length; start += BLOCK) {
      const some = numbers.subarray(start, start + BLOCK);
      const { rows, present } = await library.embeddings(
        subject.embedder,
        Array.from(some, (picture) => pictures.sha256[picture]!),
      );
      for (const [i, picture] of some.entries()) {
        await pause();
        if (present[i] === 0) continue;
        const e = rowOf(rows, i);
        embedded.push(picture);
        similarities.push(score(e, direction));
        own.push(classes === null ? 0 : Number(isOwn(e, classes)));
      }
    }
    placed.set(index, {
      ...{ direction, classes },
      pictures: Int32Array.from(embedded),
      similarities: Float64Array.from(similarities),
      own: Uint8Array.from(own),
    });
  }
  return placed;
}

/** One finding, put to the test. */
interface Trial {
  readonly placement: Placement;
  readonly component: number;
  /** Images in which the component is active. */
  readonly active: number;
  readonly absent: FindingEffect['absent'];
  /** Numbers of the pictures that are run, and which of the placement's they are. */
  readonly run: Int32Array;
  readonly places: Int32Array;
  /** Of each: the change of y, NaN until it is known; and whether it is put into its own class without the component. */
  readonly changes: Float64Array;
  readonly own: Uint8Array;
}

/** One per finding, in order. */
async function trialsOf(
  findings: readonly Pick<Finding, 'subject' | 'component'>[],
  placed: ReadonlyMap<number, Placement>,
  { library, subject: { study }, pictures }: Confirming,
  job: JobContext,
): Promise<readonly Trial[]> {
  const byComponent = new Map<number, number[]>();
  for (const [i, { component }] of findings.entries()) {
    const known = byComponent.get(component);
    if (known === undefined) byComponent.set(component, [i]);
    else known.push(i);
  }
  const trials = new Map<number, Trial>();
  const pause = pauser(job);
  let done = 0;
  for (const [component, ofIt] of byComponent) {
    job.progress({ stage: 'Reading activations', done, total: byComponent.size });
    done += 1;
    const fires = new Uint8Array(pictures.sha256.length);
    const { pictures: firing } = await library.activationsOf(study.key, component, pictures);
    for (const picture of firing) fires[picture] = 1;
    for (const i of ofIt) {
      await pause();
      trials.set(i, trialOf(component, fires, placed.get(findings[i]!.subject)!));
    }
  }
  return findings.map((_, i) => trials.get(i)!);
}

function trialOf(component: number, fires: Uint8Array, placement: Placement): Trial {
  const all = [...placement.pictures.keys()];
  const active = all.filter((i) => fires[placement.pictures[i]!] === 1);
  const silent = all.filter((i) => fires[placement.pictures[i]!] === 0);
  // Pictures are numbered in the order of their SHA-256.
  const places = Int32Array.from(active.slice(0, mostRun));
  return {
    placement,
    component,
    active: active.length,
    absent:
      silent.length === 0
        ? null
        : {
            images: silent.length,
            similarity: mean(silent, placement.similarities),
            accuracy: placement.classes === null ? null : mean(silent, placement.own),
          },
    run: places.map((i) => placement.pictures[i]!),
    places,
    changes: new Float64Array(places.length).fill(Number.NaN),
    own: new Uint8Array(places.length),
  };
}

function effectOf({ placement, active, absent, places, changes, own }: Trial): FindingEffect | null {
  const run = [...changes.keys()].filter((i) => !Number.isNaN(changes[i]!));
  if (run.length === 0) return null;
  const { mean: similarity, interval } = meanWithInterval(run.map((i) => ({ sum: changes[i]!, count: 1 })));
  const images = placement.pictures.length;
  const before = placement.own.reduce((sum, one) => sum + one, 0);
  // Those that are run stand for all in which the component is active; in the others nothing changes.
  const moved = run.reduce((sum, i) => sum + own[i]! - placement.own[places[i]!]!, 0);
  return {
    images: run.length,
    similarity,
    interval,
    accuracy:
      placement.classes === null
        ? null
        : { images, before: before / images, after: (before + (active * moved) / run.length) / images },
    absent,
  };
}

function mean(places: readonly number[], values: ArrayLike<number>): number {
  return places.reduce((sum, i) => sum + values[i]!, 0) / places.length;
}

function notesOf({ unread, different }: LeftOut): readonly string[] {
  const counted = (count: number, what: string) =>
    count === 0 ? [] : [`${count} of the pictures that findings were to be confirmed on ${what}`];
  return [
    ...counted(
      unread,
      'could not be read again, or changed since they were indexed: they are left out until images are indexed again.',
    ),
    ...counted(different, 'gave another embedding than the one that was stored: they are left out.'),
  ];
}
