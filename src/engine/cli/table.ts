import type { HookPoint } from '../../shared/hook';
import type { Report, ReportResult } from '../../shared/report';

const barWidth = 24;

/** The report for people: a heading per image and prompt, then its components as signed bars. */
export function reportTable(report: Report, point: HookPoint, top: number): string {
  const { model, dictionary, engine } = report;
  const component = point === 'heads' ? 'head' : 'latent';
  const heading =
    `${model.id} · ${dictionary.id}, block ${dictionary.layer}, ${dictionary.tokens} tokens, ` +
    `${dictionary.size} ${component}s · ${engine.device} ${engine.precision}`;
  return [heading, ...report.results.map((result) => resultTable(result, component, top))].join('\n\n');
}

function resultTable(
  { image, prompt, similarity, total, components }: ReportResult,
  component: 'latent' | 'head',
  top: number,
): string {
  const shown = components.slice(0, top);
  const absolute = components.reduce((sum, { attribution }) => sum + Math.abs(attribution), 0);
  const largest = Math.max(...shown.map(({ attribution }) => Math.abs(attribution)), Number.MIN_VALUE);
  const rows = shown.map(({ latent, attribution, activation }) =>
    [
      String(latent).padStart(8),
      points(attribution).padStart(9),
      `${((100 * Math.abs(attribution)) / (absolute || 1)).toFixed(1)} %`.padStart(8),
      activation.toFixed(3).padStart(11),
      ` ${bar(attribution / largest)}`,
    ].join(''),
  );
  const left = components.slice(top);
  const rest = left.reduce((sum, { attribution }) => sum + attribution, 0);
  return [
    `${image} · “${prompt}”`,
    `similarity ${(100 * similarity).toFixed(2)} · attributed ${points(total)} by ${components.length} components, in points (×100)`,
    `${component.padStart(8)}${'points'.padStart(9)}${'share'.padStart(8)}${'activation'.padStart(11)}`,
    ...rows,
    ...(left.length > 0 ? [`${String(left.length).padStart(8)} more: ${points(rest)}`] : []),
  ].join('\n');
}

/** A number in units of the similarity, in points (×100), with its sign. */
export function points(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)}`;
}

/** A bar from the middle: to the right where positive, to the left where negative. */
export function bar(fraction: number): string {
  const length = Math.round(Math.abs(fraction) * barWidth);
  return fraction < 0
    ? `${' '.repeat(barWidth - length)}${'▒'.repeat(length)}│`
    : `${' '.repeat(barWidth)}│${'█'.repeat(length)}`;
}
