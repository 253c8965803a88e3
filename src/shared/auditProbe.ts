import type { AuditSubject } from './audit';
import type { AuditPrompt } from './auditSubjects';
import type { Probe } from './probe';

/**
 * The classes of a probe after the prompts that are audited anyway, each beside the prompt of its class: one of
 * `prompts` that says the same, else one that is added. Both are audited over the same images, unless neither has any of
 * its own: each is then over those that match it best.
 *
 * @param template with {} for the name of a class; underscores of names are spaces in it
 * @param set what the probe is called in findings: the path of its file, relative to where findings are kept
 */
export function besidePrompts(
  prompts: readonly AuditPrompt[],
  probe: Probe,
  { template, set }: { readonly template: string; readonly set: string },
): readonly AuditPrompt[] {
  const texts: AuditPrompt[] = [...prompts];
  const rows = probe.classes.map(({ name, weights, bias }): AuditPrompt => {
    const words = name.replaceAll('_', ' ').trim();
    const text = template.replaceAll('{}', () => words);
    const known = texts.findIndex((prompt) => prompt.text === text);
    const beside = known === -1 ? texts.push({ text, names: words }) - 1 : known;
    const { name: _called, direction: _direction, ...same } = texts[beside]!;
    return {
      ...same,
      name,
      direction: { kind: 'linear', name, input: probe.input, weights: [...weights], bias },
      set,
      beside,
    };
  });
  return [...texts, ...rows];
}

/** What decisions call a subject: the prompt as it is written; of a probe's class `<path of the probe>#<class>`. */
export function promptOf({ name, set, direction }: Pick<AuditSubject, 'name' | 'set' | 'direction'>): string {
  return direction.kind === 'linear' ? `${set}#${name}` : name;
}
