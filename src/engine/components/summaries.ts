import { type Annotation, type ComponentSummary, type Grounds, noAnnotation } from '../../shared/library';
import type { Library } from '../library/library';
import { firingRate } from '../semantics/firing';
import { samplesOf } from '../semantics/sampleTable';
import { MEANING_SAMPLES } from '../semantics/semanticEmbedding';
import type { ComponentTable } from './componentTable';
import type { LoadedTable } from './componentTables';
import type { Labelling } from './labelling';
import { sampleOf } from './samples';
import type { Subject } from './subject';

/** Samples in a summary. */
const SAMPLES = 3;

/** All that a summary of a component is made of. */
export interface Sources {
  readonly table: ComponentTable;
  readonly labelling: Labelling;
  readonly annotations: ReadonlyMap<number, Annotation>;
  readonly subject: Subject;
}

export function summaryOf(
  component: number,
  { table, labelling, annotations, subject }: Sources,
): ComponentSummary {
  const { samples, judgedSamples, tokens, means, pictures } = table;
  const first = component * samples.depth;
  const { images, values } = samplesOf(samples, component, SAMPLES);
  return {
    component,
    annotation: annotations.get(component) ?? noAnnotation,
    labels: [...labelling.of(component)],
    n: Math.min(judgedSamples.fired[component]!, MEANING_SAMPLES),
    firingRate: firingRate(samples.fired[component]!, pictures.sha256.length),
    samples: Array.from(images, (picture, i) =>
      sampleOf(
        {
          picture,
          activation: values[i]!,
          mean: means[first + i]!,
          token: tokens[first + i]!,
          relevance: null,
        },
        table,
        subject.regions,
      ),
    ),
  };
}

/** What a component is called: the person's name, else the label; empty where there is neither. */
export function nameOf(component: number, { labelling, annotations }: Sources): string {
  return annotations.get(component)?.name ?? labelling.of(component)[0]?.text ?? '';
}

export function groundsOf(
  { access }: Pick<Library, 'access'>,
  { table, outdated }: LoadedTable,
  { study, judge }: Subject,
  notes: readonly string[],
): Grounds {
  const images = table.pictures.sha256.length;
  const unjudged = table.unjudged.size;
  return {
    key: study.key,
    access,
    judge: judge.id,
    images,
    notes: [
      ...(outdated
        ? [
            `The library has changed since its ${images} pictures were looked at: they are looked at again soon.`,
          ]
        : []),
      ...(unjudged === 0
        ? []
        : [
            `${unjudged} of ${images} pictures were not seen by ${judge.name} yet: meanings and n leave them out.`,
          ]),
      ...notes,
    ],
  };
}
