/** A Python file of 20 000 lines with 2 000 prompts, marked (see annotations.ts). The same every time. */
export function longFile(): string {
  const random = numbers(20261123);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const groups: Record<string, { id: string; kind: string }> = {};
  const lines: string[] = ['"""Probes, written by a program."""', 'import clip', 'import numpy as np', ''];
  const group = (id: string, kind: string): string => {
    const key = String(Object.keys(groups).length + 1);
    groups[key] = { id, kind };
    return key;
  };
  const sentence = () =>
    `${pick(articles)} ${pick(adjectives)} ${pick(things)} ${pick(places)}${pick(['', '.', ', seen twice', ' 🌧'])}`;

  for (let block = 0; block < 100; block++) {
    const end = 4 + Math.round(((block + 1) * 19_996) / 100);
    const list = group(`${pick(things)}_prompts_${block}`, 'prompt');
    lines.push(`${groups[list]!.id} = [`);
    for (let i = 0; i < 11; i++) {
      if (random() < 0.3) lines.push(`    # ${pick(adjectives)}`);
      lines.push(`    "⟦${list}|${sentence()}⟧",`);
    }
    lines.push(']');
    const classes = group(`labels_${block}`, 'class');
    const names = Array.from({ length: 5 }, () => `'⟦${classes}|${pick(adjectives)} ${pick(things)}⟧'`);
    lines.push(`labels_${block} = (${names.join(', ')})`, '');
    const call = group(block === 0 ? 'tokenize()' : `tokenize() #${block + 1}`, 'prompt');
    const caption = group(block === 0 ? 'caption' : `caption #${block + 1}`, 'prompt');
    lines.push(
      `def probe_${block}(model, image, verbose=False):`,
      `    """Says how much ${pick(things)} there is."""`,
      `    text = clip.tokenize(["⟦${call}|${sentence()}⟧", "⟦${call}|${sentence()}⟧", '⟦${call}|${sentence()}⟧'])`,
      `    caption = "⟦${caption}|${sentence()}⟧"`,
      `    logits, _ = model(image, text)`,
      `    return {"name": "probe ${block}", "scores": logits.softmax(-1), "of": caption}`,
      '',
    );
    for (let i = 0; lines.length < end; i++) lines.push(filler(i, block));
  }
  return `${JSON.stringify({ groups })}\n⟦file⟧\n${lines.join('\n')}`;

  function filler(i: number, block: number): string {
    switch (i % 8) {
      case 0:
        return `step_${block}_${i} = {"kind": "${pick(adjectives)}", "path": "data/${pick(things)}/${i}.bin", "next": [${i}, ${i + 1}]}`;
      case 1:
        return `# then ${pick(things)} ${pick(places)}`;
      case 2:
        return `print(f"{step_${block}_${i - 2}['kind']}: %d of %d" % (${i}, ${block}))`;
      case 3:
        return '';
      case 4:
        return `def helper_${block}_${i}(x, message="${pick(adjectives)} ${pick(things)}"):`;
      case 5:
        return `    if x > ${i}: raise ValueError("too ${pick(adjectives)}: " + message)`;
      case 6:
        return `    return [y * ${i} for y in np.arange(x) if y not in ("${pick(things)}", "${pick(things)}")]`;
      default:
        return `columns_${block}_${i} = ["${pick(things)}", "${pick(adjectives)}"]`;
    }
  }
}

const articles = ['a photo of a', 'the', 'one', 'a drawing of the', 'somebody with a'];
const adjectives = [
  'red',
  'small',
  'broken',
  'wooden',
  'wet',
  'bright',
  'folded',
  'old',
  'striped',
  'hidden',
];
const things = ['boat', 'chair', 'lamp', 'goat', 'bridge', 'coat', 'ladder', 'cup', 'tower', 'violin'];
const places = ['in the rain', 'on a table', 'by the sea', 'under a tree', 'at night', 'in a museum'];

/** Mulberry32: uniform in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
