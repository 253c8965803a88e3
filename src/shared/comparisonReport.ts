import type { Comparison } from './comparison';
import { heatRows, type RankedComponent, type ScoreRow } from './comparisonTable';
import { confidenceOf } from './confidence';
import type { EngineInfo } from './engineProtocol';
import { computedBy, csvField, type Field, identities } from './report';

/** All that a comparison of prompts finds out: what the command line prints and the compare view exports. */
export interface Compared {
  readonly engine: Pick<EngineInfo, 'version'>;
  readonly images: readonly string[];
  readonly prompts: readonly { readonly name: string }[];
  readonly comparison: Comparison;
  /** One per prompt, in order. */
  readonly scores: readonly ScoreRow[];
  /** What separates the best prompt from another; null where there is no other. */
  readonly difference: Difference | null;
  /** Cosines among the prompts; null where they are too many for that. */
  readonly relation: readonly (readonly number[])[] | null;
  /** Of components, where a library tells them. */
  readonly labels: ReadonlyMap<number, string>;
}

export interface Difference {
  readonly of: string;
  readonly against: string;
  /** Of `of` less that of `against`, mean over the images. */
  readonly similarity: number;
  readonly components: readonly RankedComponent[];
}

/** The JSON that the command line promises. */
export function comparisonJson({ engine, images, prompts, comparison, scores, ...found }: Compared) {
  const { study, failures, totals, readings } = comparison;
  const label = (latent: number) => ({ label: found.labels.get(latent) ?? null });
  return {
    engine: computedBy(engine, study),
    ...identities(study),
    images: images.map((image, i) => ({ image, error: failures[i]?.message ?? null })),
    confidence: confidenceOf(study.model),
    prompts: prompts.map(({ name }, i) => ({
      prompt: name,
      similarity: scores[i]!.similarity,
      similarities: perImage(failures, scores[i]!.similarities),
      confidence: scores[i]!.confidence,
      readings: readings[i]!,
    })),
    components: heatRows(comparison, [...prompts.keys()]).map(({ component, activation, attributions }) => ({
      latent: component,
      ...label(component),
      activation,
      attributions,
    })),
    totals: [...totals],
    relation: found.relation,
    difference: found.difference && {
      of: found.difference.of,
      against: found.difference.against,
      similarity: found.difference.similarity,
      components: found.difference.components.map(({ component, ...rest }) => ({
        latent: component,
        ...label(component),
        ...rest,
      })),
    },
  };
}

/** One per image that was asked for: null where it was not scored. */
function perImage(failures: Comparison['failures'], similarities: readonly number[]): (number | null)[] {
  const scored = similarities.values();
  return failures.map((failure) => (failure === null ? scored.next().value! : null));
}

const columns = [
  ...[
    'prompt',
    'similarity',
    'confidence',
    'total',
    'latent',
    'label',
    'attribution',
    'activation',
    'images',
  ],
  ...['model', 'model_sha256', 'dictionary', 'dictionary_sha256', 'layer', 'tokens'],
  ...['engine', 'device', 'precision'],
];

/** One row per prompt and component, means over the images; with what it takes to compute it again in every row. */
export function comparisonCsv({ engine, images, prompts, comparison, scores, labels }: Compared): string {
  const { model, dictionary, computed } = comparison.study;
  const provenance: Field[] = [
    images.filter((_, i) => comparison.failures[i] === null).join('; '),
    model.id,
    model.sha256,
    dictionary.id,
    dictionary.sha256,
    dictionary.layer,
    dictionary.tokens,
    engine.version,
    computed.device,
    computed.precision,
  ];
  const heat = heatRows(comparison, [...prompts.keys()]);
  const rows = prompts.flatMap(({ name }, i) => {
    const { similarity, confidence } = scores[i]!;
    const score: Field[] = [name, similarity, confidence, comparison.totals[i]!];
    if (heat.length === 0) return [[...score, '', '', '', '', ...provenance]];
    return heat.map(({ component, activation, attributions }): Field[] => [
      ...score,
      component,
      labels.get(component) ?? '',
      attributions[i]!,
      activation,
      ...provenance,
    ]);
  });
  return [columns, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}
