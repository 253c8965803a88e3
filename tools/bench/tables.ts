import {
  type Comparison,
  type Group,
  groups,
  keeps,
  type Machine,
  type Quantity,
  type Results,
  type Row,
  type Section,
} from './results';

/** The tables of docs/performance.md, by name: the machine, and one for each group that was measured. */
export function tables({ machine, sections }: Results): ReadonlyMap<string, string> {
  const measured = groups.flatMap((group): [string, string][] => {
    const found = sections.filter((section) => section.group === group);
    return found.length === 0 ? [] : [[tableName(group), found.map(sectionText).join('\n\n')]];
  });
  return new Map([['bench: machine', machineLine(machine)], ...measured]);
}

export const tableName = (group: Group) => `bench: ${group}`;

export function machineLine({
  processor,
  cores,
  memory,
  system,
  device,
  threads,
  node,
  onnxruntime,
  pytorch,
}: Machine): string {
  const python =
    pytorch === null
      ? 'PyTorch not installed'
      : `PyTorch ${pytorch.torch} on ${pytorch.device}${pytorch.device === 'cpu' || pytorch.gpu === null ? '' : ` (${pytorch.gpu})`}, Python ${pytorch.python}`;
  return `${processor}, ${cores} cores, ${Math.round(memory / 2 ** 30)} GiB, ${system}; towers on ${device}, ${threads} threads; Node ${node}, onnxruntime-node ${onnxruntime}; ${python}.`;
}

export function sectionText({ subject, date, rounds, rows }: Section): string {
  const how = rounds === null ? '' : `, medians of ${rounds} rounds`;
  return `${subject === '' ? 'Measured' : `**${subject}**,`} ${date}${how}:\n\n${table(rows)}`;
}

/** Columns that no row fills are left out. */
function table(rows: readonly Row[]): string {
  const columns: readonly (readonly [head: string, cell: (row: Row) => string])[] = [
    ['what', ({ what }) => what],
    ['measured', ({ measured }) => (measured === null ? 'not told by this system' : quantity(measured))],
    ['beside', ({ beside }) => (beside === null ? '' : named(beside))],
    ['ratio', ({ beside }) => (beside === null ? '' : ratio(beside))],
    ['limit', ({ beside }) => (beside === null ? '' : limit(beside))],
    ['times as fast as PyTorch', ({ pytorch }) => pytorch.map(speedup).join('<br>')],
  ];
  const used = columns.filter(([, cell]) => rows.some((row) => cell(row) !== ''));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(used.map(([head]) => head)),
    `|${used.map(() => '---|').join('')}`,
    ...rows.map((row) => line(used.map(([, cell]) => cell(row)))),
  ].join('\n');
}

const named = ({ what, measured }: Comparison) =>
  measured === null ? `${what}: not installed` : `${what}: ${quantity(measured)}`;

function ratio({ ratio }: Comparison): string {
  if (ratio === null) return '';
  return ratio < 0.1 ? ratio.toPrecision(1) : ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2);
}

function limit(of: Comparison): string {
  if (of.limit === null) return '';
  const { value, atLeast } = of.limit;
  return `${atLeast ? '≥' : '≤'} ${Number(value.toFixed(2))}${keeps(of) ? '' : ' **missed**'}`;
}

function speedup(of: Comparison): string {
  if (of.ratio === null) return named(of);
  const asked = limit(of);
  return `${of.ratio.toFixed(of.ratio < 100 ? 1 : 0)} (${named(of)}${asked === '' ? '' : `; ${asked}`})`;
}

export function quantity({ amount, unit }: Quantity): string {
  switch (unit) {
    case 'ms':
      return amount >= 10_000
        ? `${(amount / 1000).toFixed(0)} s`
        : amount >= 1000
          ? `${(amount / 1000).toFixed(2)} s`
          : `${amount.toFixed(amount < 10 ? 2 : amount < 100 ? 1 : 0)} ms`;
    case 'images/s':
      return `${amount.toFixed(1)} images/s`;
    case 'bytes':
      return amount < 1e6 ? `${(amount / 1000).toFixed(0)} KB` : `${(amount / 1e6).toFixed(0)} MB`;
  }
}
