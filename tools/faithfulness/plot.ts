export interface Series {
  readonly name: string;
  readonly colour: string;
  /** As SVG's stroke-dasharray; left out for a full line. */
  readonly dash?: string;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly interval?: readonly [number, number] | null;
  }[];
}

export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Values of x that are labelled; evenly chosen if left out. */
  readonly ticks?: readonly number[];
}

const panelWidth = 340;
const panelHeight = 250;
const margin = { left: 56, right: 12, top: 30, bottom: 42 };
const legendRow = 20;
const perLegendRow = 4;

/** Line plots beside and below one another, two in a row, with one legend: an SVG of its own, without scripts or fonts. */
export function plotSvg(title: string, panels: readonly Panel[]): string {
  const columns = Math.min(2, panels.length);
  const rows = Math.ceil(panels.length / columns);
  const names = panels[0]!.series;
  const legendHeight = Math.ceil(names.length / perLegendRow) * legendRow + 10;
  const width = columns * panelWidth;
  const height = 26 + rows * panelHeight + legendHeight;
  const body = panels.map((panel, i) =>
    group((i % columns) * panelWidth, 26 + Math.floor(i / columns) * panelHeight, drawPanel(panel)),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(width / 2, 18, title, 'middle', ' font-size="13" font-weight="bold"'),
    ...body,
    group(0, height - legendHeight + 4, names.map((series, i) => legendEntry(series, i, width)).join('\n')),
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ title, xLabel, yLabel, series, ticks }: Panel): string {
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x));
  const ys = series.flatMap(({ points }) => points.flatMap(({ y, interval }) => [y, ...(interval ?? [])]));
  const [xLow, xHigh] = [Math.min(...xs), Math.max(...xs)];
  const yTicks = niceTicks(Math.min(...ys), Math.max(...ys));
  const [yLow, yHigh] = [Math.min(yTicks[0]!, ...ys), Math.max(yTicks.at(-1)!, ...ys)];
  const inner = {
    width: panelWidth - margin.left - margin.right,
    height: panelHeight - margin.top - margin.bottom,
  };
  const atX = (x: number) => margin.left + ((x - xLow) / (xHigh - xLow || 1)) * inner.width;
  const atY = (y: number) => margin.top + (1 - (y - yLow) / (yHigh - yLow || 1)) * inner.height;
  const bottom = margin.top + inner.height;
  const grid = yTicks.flatMap((y) => [
    line(margin.left, atY(y), margin.left + inner.width, atY(y), '#e4e4e4'),
    text(margin.left - 6, atY(y) + 4, shown(y), 'end'),
  ]);
  const axis = (ticks ?? niceTicks(xLow, xHigh)).flatMap((x) => [
    line(atX(x), bottom, atX(x), bottom + 4, '#666666'),
    text(atX(x), bottom + 16, shown(x), 'middle'),
  ]);
  const drawn = series.flatMap(({ colour, dash, points }) => [
    `<polyline fill="none" stroke="${colour}" stroke-width="1.8"${dash === undefined ? '' : ` stroke-dasharray="${dash}"`} points="${points.map(({ x, y }) => `${fixed(atX(x))},${fixed(atY(y))}`).join(' ')}"/>`,
    ...points.flatMap(({ x, interval }) =>
      interval === undefined || interval === null
        ? []
        : [line(atX(x), atY(interval[0]), atX(x), atY(interval[1]), colour)],
    ),
  ]);
  return [
    text(margin.left + inner.width / 2, 18, title, 'middle', ' font-size="12"'),
    ...grid,
    line(margin.left, bottom, margin.left + inner.width, bottom, '#666666'),
    ...axis,
    ...drawn,
    text(margin.left + inner.width / 2, panelHeight - 10, xLabel, 'middle'),
    `<text transform="translate(14 ${fixed(margin.top + inner.height / 2)}) rotate(-90)" text-anchor="middle" fill="#333333">${escaped(yLabel)}</text>`,
  ].join('\n');
}

function legendEntry({ name, colour, dash }: Series, i: number, width: number): string {
  const x = 20 + (i % perLegendRow) * ((width - 30) / perLegendRow);
  const y = 10 + Math.floor(i / perLegendRow) * legendRow;
  const dashed = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
  return [
    `<line x1="${fixed(x)}" y1="${y}" x2="${fixed(x + 22)}" y2="${y}" stroke="${colour}" stroke-width="2"${dashed}/>`,
    text(x + 27, y + 4, name, 'start'),
  ].join('\n');
}

/** About five round numbers within a range, or a little beyond it. */
function niceTicks(low: number, high: number): readonly number[] {
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough)!;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function group(x: number, y: number, body: string): string {
  return `<g transform="translate(${fixed(x)} ${fixed(y)})">\n${body}\n</g>`;
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="${colour}"/>`;
}

function text(x: number, y: number, words: string, anchor: string, more = ''): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" fill="#333333"${more}>${escaped(words)}</text>`;
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function shown(value: number): string {
  return String(value).replace('-', '−');
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
