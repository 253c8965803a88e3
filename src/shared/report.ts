import type { ImageAnalysis, ImageOutcome } from './analysis';
import type { Computed } from './device';
import type { EngineInfo } from './engineProtocol';
import type { Intervention } from './intervention';
import type { StudyIdentity, StudyInfo } from './study';

/** What a report is made of: one outcome per image, whose directions are the prompts, in order. */
export interface ReportInput {
  readonly engine: Pick<EngineInfo, 'version'>;
  readonly study: StudyInfo;
  readonly prompts: readonly string[];
  readonly images: readonly { readonly name: string; readonly outcome: ImageOutcome }[];
  /** What was changed in the model that the outcomes are of; none where it is left out. */
  readonly intervention?: Intervention;
}

/** One component of one result. Attribution in units of the similarity, activation in the dictionary's own. */
export interface ReportComponent {
  readonly latent: number;
  readonly attribution: number;
  readonly activation: number;
}

/** One image against one prompt. */
export interface ReportResult {
  readonly image: string;
  readonly prompt: string;
  readonly similarity: number;
  /** Σ of the attributions over all components. */
  readonly total: number;
  /** Every component active in the image, by descending |attribution|. */
  readonly components: readonly ReportComponent[];
}

/** What results are of, as every JSON that leaves Clipsight names it. */
export interface Identities {
  readonly model: Pick<StudyInfo['model'], 'id' | 'sha256'>;
  readonly dictionary: Pick<StudyInfo['dictionary'], 'id' | 'sha256' | 'layer' | 'tokens' | 'size'>;
}

export function identities({ model, dictionary }: StudyIdentity): Identities {
  const { id, sha256, layer, tokens, size } = dictionary;
  return { model: { id: model.id, sha256: model.sha256 }, dictionary: { id, sha256, layer, tokens, size } };
}

/** What gave a result, as every JSON that leaves Clipsight names it. */
export interface ComputedBy extends Computed {
  /** Of Clipsight. */
  readonly version: string;
}

export function computedBy(
  { version }: Pick<EngineInfo, 'version'>,
  { computed: { device, precision } }: Pick<StudyInfo, 'computed'>,
): ComputedBy {
  return { version, device, precision };
}

/** Everything known about a run, with what it takes to compute it again. The JSON that is exported. */
export interface Report extends Identities {
  readonly engine: ComputedBy;
  /** What was changed in the model that the results are of; empty where nothing was. */
  readonly intervention: Intervention;
  /** Image by image, and within an image prompt by prompt. */
  readonly results: readonly ReportResult[];
  /** The images that have no results, and why. */
  readonly failures: readonly { readonly image: string; readonly message: string }[];
}

export function buildReport({ engine, study, prompts, images, intervention = [] }: ReportInput): Report {
  return {
    engine: computedBy(engine, study),
    ...identities(study),
    intervention,
    results: images.flatMap(({ name, outcome }) =>
      outcome.kind === 'analysis' ? imageResults(name, prompts, outcome.analysis) : [],
    ),
    failures: images.flatMap(({ name, outcome }) =>
      outcome.kind === 'failure' ? [{ image: name, message: outcome.error.message }] : [],
    ),
  };
}

function imageResults(image: string, prompts: readonly string[], analysis: ImageAnalysis): ReportResult[] {
  return prompts.map((prompt, index) => {
    const direction = analysis.directions[index];
    if (direction === undefined) throw new RangeError(`${image} has no result for prompt ${index + 1}`);
    const { similarity, total, attributions } = direction;
    return { image, prompt, similarity, total, components: rankedComponents(analysis, attributions) };
  });
}

function rankedComponents(analysis: ImageAnalysis, attributions: Float32Array): ReportComponent[] {
  const components = Array.from(analysis.latents, (latent, index) => ({
    latent,
    attribution: attributions[index]!,
    activation: analysis.activations[index]!,
  }));
  return components.sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution) || a.latent - b.latent);
}

export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

const columns = [
  'image',
  'prompt',
  'similarity',
  'total',
  'latent',
  'attribution',
  'activation',
  'error',
  'model',
  'model_sha256',
  'dictionary',
  'dictionary_sha256',
  'layer',
  'tokens',
  'engine',
  'device',
  'precision',
  'intervention',
] as const;

export type Field = string | number;

/**
 * One row per image, prompt and component, as RFC 4180 asks (CRLF, quotes doubled). Every row names model, dictionary
 * and intervention (`708×0 12×1.5`), so that rows of several files can be put together. A result without components and an image
 * without results have a row of their own, so that nothing is missing unnoticed.
 */
export function reportCsv(report: Report): string {
  const { engine, model, dictionary } = report;
  const provenance: Field[] = [
    model.id,
    model.sha256,
    dictionary.id,
    dictionary.sha256,
    dictionary.layer,
    dictionary.tokens,
    engine.version,
    engine.device,
    engine.precision,
    report.intervention.map(({ component, factor }) => `${component}×${factor}`).join(' '),
  ];
  const rows = [
    ...report.results.flatMap(resultRows),
    ...report.failures.map(({ image, message }): Field[] => [image, '', '', '', '', '', '', message]),
  ].map((row) => [...row, ...provenance]);
  return [columns, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

function resultRows({ image, prompt, similarity, total, components }: ReportResult): Field[][] {
  const score = [image, prompt, similarity, total];
  if (components.length === 0) return [[...score, '', '', '', '']];
  return components.map(({ latent, attribution, activation }) => [
    ...score,
    latent,
    attribution,
    activation,
    '',
  ]);
}

/**
 * Numbers as they are. A text that a spreadsheet would run as a formula gets a leading apostrophe, which
 * spreadsheets take for "this is text" (OWASP, CSV injection).
 */
export function csvField(value: Field): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
