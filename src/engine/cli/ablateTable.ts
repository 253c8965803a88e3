import type { Confidence } from '../../shared/confidence';
import type { EngineInfo } from '../../shared/engineProtocol';
import type { Intervention } from '../../shared/intervention';
import type { LibraryIntervention, LibraryInterventionRequest } from '../../shared/libraryIntervention';
import type { ReportComponent } from '../../shared/report';
import type { StudyInfo } from '../../shared/study';

/** One image against one prompt, without an intervention and with it. */
export interface ImageAblation {
  readonly image: string;
  readonly prompt: string;
  /** The changed components that are active in the image. */
  readonly active: readonly number[];
  readonly similarity: { readonly before: number; readonly after: number };
  readonly confidence: { readonly kind: Confidence; readonly before: number; readonly after: number };
  /** With the intervention, by |attribution|. */
  readonly components: readonly ReportComponent[];
}

export interface Ablated {
  readonly study: StudyInfo;
  readonly engine: EngineInfo;
  readonly intervention: Intervention;
}

/** For people: a heading per image, then its prompts. */
export function imageAblationTable(about: Ablated, results: readonly ImageAblation[], top: number): string {
  const byImage = grouped(results, ({ image }) => image);
  return [
    heading(about),
    ...[...byImage].map(([image, prompts]) => {
      const { active, confidence } = prompts[0]!;
      const width = Math.max(...prompts.map(({ prompt }) => prompt.length)) + 2;
      return [
        `${image} · ${active.length === 0 ? 'none of them is active: nothing changes' : `active: ${active.join(', ')}`}`,
        `  ${''.padEnd(width)}  ${'similarity'.padStart(24)}  ${confidence.kind.padStart(18)}`,
        ...prompts.flatMap((result) => [
          `  ${`“${result.prompt}”`.padEnd(width)}  ${similarity(result.similarity).padStart(24)}  ${shares(result.confidence).padStart(18)}`,
          ...result.components
            .slice(0, top)
            .map(
              ({ latent, attribution, activation }) =>
                `  ${String(latent).padStart(8)}${signed(100 * attribution).padStart(9)} points${activation.toFixed(3).padStart(11)}`,
            ),
        ]),
      ].join('\n');
    }),
  ].join('\n\n');
}

/** For people: accuracies and predictions per class, then the images that change class. */
export function libraryAblationTable(
  about: Ablated,
  library: string,
  classes: LibraryInterventionRequest['classes'],
  outcome: LibraryIntervention,
): string {
  const { images, affected, accuracy, changes, changed } = outcome;
  const name = (index: number) => classes[index]!.name;
  const width = Math.max(5, ...classes.map((one) => one.name.length));
  return [
    heading(about),
    [
      library,
      `${images} images · a changed component is active in ${affected} · ${changes} change class`,
      ...(accuracy === null ? [] : [`accuracy ${shares(accuracy)} of ${accuracy.images} images`]),
    ].join('\n'),
    [
      `${'class'.padEnd(width)}${'images'.padStart(8)}${'accuracy'.padStart(20)}${'put there'.padStart(14)}${'mean change'.padStart(13)}`,
      ...outcome.classes.map(
        ({ predicted, accuracy: of, change }, i) =>
          `${name(i).padEnd(width)}${String(of?.images ?? 0).padStart(8)}` +
          `${(of === null ? '–' : shares(of)).padStart(20)}` +
          `${`${predicted.before} → ${predicted.after}`.padStart(14)}` +
          `${(change === null ? '–' : signed(100 * change)).padStart(13)}`,
      ),
    ].join('\n'),
    ...(changed.length === 0
      ? []
      : [
          [
            ...changed.map(
              ({ before, after, truth, scores, path }) =>
                `${name(before)} → ${name(after)}${truth === null ? '' : ` (${name(truth)})`} · ` +
                `${similarity({ before: scores[0], after: scores[1] })} · ${path}`,
            ),
            ...(changes > changed.length ? [`and ${changes - changed.length} more: --top lists more`] : []),
          ].join('\n'),
        ]),
  ].join('\n\n');
}

function heading({ study, intervention }: Ablated): string {
  const { model, dictionary, computed } = study;
  const component = dictionary.point === 'heads' ? 'head' : 'latent';
  const factors = grouped(intervention, ({ factor }) => factor);
  const changes = [...factors].map(
    ([factor, scalings]) =>
      `${component}${scalings.length === 1 ? '' : 's'} ${scalings.map((one) => one.component).join(', ')} × ${factor}`,
  );
  return (
    `${model.id} · ${dictionary.id}, block ${dictionary.layer}, ${dictionary.tokens} tokens · ` +
    `${computed.device} ${computed.precision} · ${changes.join('; ')}`
  );
}

/** In points, as everywhere for people. */
function similarity({ before, after }: { readonly before: number; readonly after: number }): string {
  return `${(100 * before).toFixed(2)} → ${(100 * after).toFixed(2)} (${signed(100 * (after - before))})`;
}

function shares({ before, after }: { readonly before: number; readonly after: number }): string {
  return `${(100 * before).toFixed(1)} → ${(100 * after).toFixed(1)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

/** In the order in which the groups come up. */
function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
