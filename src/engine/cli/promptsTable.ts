import type { FoundPrompts } from '../../shared/foundPrompts';

/** What was found in a file, for people: where, what kind, in which group, what it says. */
export function promptsTable(file: string, text: string, { prompts, groups, images }: FoundPrompts): string {
  const place = placesOf(text);
  const heading = `${file} · ${count(prompts.length, 'prompt')} in ${count(groups.length, 'group')} · ${count(images.length, 'image')}`;
  const rows = prompts.map(({ start, kind, group, text: said }) => [place(start), kind, group, shown(said)]);
  const pictures = images.map(({ start, path }) => [place(start), 'image', '', path]);
  return [heading, ...aligned([...rows, ...pictures])].join('\n');
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** On one line, whatever it is. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (unit) =>
    unit === '\n' ? '\\n' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2].map((c) => rows.reduce((most, row) => Math.max(most, row[c]!.length), 0));
  return rows.map(([place, kind, group, text]) =>
    [place!.padStart(widths[0]!), kind!.padEnd(widths[1]!), group!.padEnd(widths[2]!), text].join('  '),
  );
}

/** Line and column, from 1, as editors count them. */
function placesOf(text: string): (at: number) => string {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ index, 0: end }) => index + end.length)];
  return (at) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= at) low = middle;
      else high = middle;
    }
    return `${low + 1}:${at - starts[low]! + 1}`;
  };
}
