import type { Annotation, ComponentSummary } from '../../shared/library';
import { count } from './format';

/** What a component is called, and by whom: the person's name goes before the judge's label. */
export type Naming =
  | { readonly kind: 'name'; readonly text: string; readonly tooltip: string }
  | { readonly kind: 'label'; readonly text: string; readonly tooltip: string }
  /** It has neither, for this reason. */
  | { readonly kind: 'none'; readonly text: string; readonly tooltip: string };

export type Named = Pick<ComponentSummary, 'annotation' | 'labels' | 'n'>;

export function namingOf({ annotation: { name }, labels, n }: Named): Naming {
  const [label] = labels;
  if (name !== null) {
    const tooltip = `Named by you${label === undefined ? '' : `; ${described(labels, n)}`}`;
    return { kind: 'name', text: name, tooltip };
  }
  if (label !== undefined) return { kind: 'label', text: label.text, tooltip: described(labels, n) };
  if (n === 0)
    return { kind: 'none', text: 'fires in no image', tooltip: 'It fires in no image of the library' };
  return {
    kind: 'none',
    text: 'too few images',
    tooltip: `It fires in ${count(n)} ${n === 1 ? 'image' : 'images'} of the library, too few to tell what it means`,
  };
}

function described(labels: Named['labels'], n: number): string {
  const [label, ...others] = labels.map(({ text, alignment }) => `“${text}” ${alignment.toFixed(2)}`);
  const runnersUp = others.length === 0 ? '' : `; then ${others.slice(0, 3).join(', ')}`;
  return `label ${label} (alignment) from n = ${count(n)} images${runnersUp}`;
}

/** Who says what components mean; `null` is the model under study itself. */
export function judgement(judge: string | null): { readonly text: string; readonly tooltip: string } {
  return judge === null
    ? {
        text: 'self-judged',
        tooltip:
          'Labels come from the model under study itself, which cannot see its own confusions: it rates what it mistakes for a thing as that thing',
      }
    : {
        text: `judged by ${judge}`,
        tooltip: `Labels come from ${judge}, another CLIP than the one under study`,
      };
}

/** What the person says of it, for a screen reader; empty where they said nothing. */
export function spokenMarks({ mark, pinned }: Annotation): string {
  return `${mark === null ? '' : `, marked as ${mark}`}${pinned ? ', pinned' : ''}`;
}
