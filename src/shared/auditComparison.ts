import type { AuditReport, AuditSubject, Finding } from './audit';
import { promptOf } from './auditProbe';

/** What two audits of the same prompts, by different models or dictionaries, say of one of them. */
export interface ComparedPrompt {
  /** As decisions call it (`promptOf`). */
  readonly prompt: string;
  /** What it relies on in both: a finding of each, the largest score of the first audit first. */
  readonly both: readonly (readonly [Finding, Finding])[];
  /** What it relies on in one of them alone, largest score first. */
  readonly first: readonly Finding[];
  readonly second: readonly Finding[];
  /** The audit that did not test it, or does not have it; null where both did. What only one has found then says nothing. */
  readonly missing: 'first' | 'second' | 'both' | null;
}

export interface AuditComparison {
  /** In the order of the first audit, then those that only the second has. */
  readonly prompts: readonly ComparedPrompt[];
  /** By what findings of the two are taken for the same. */
  readonly matchedBy: 'component' | 'label';
}

interface Compared {
  readonly report: AuditReport;
  readonly subjects: readonly AuditSubject[];
}

/**
 * Two audits side by side, prompt by prompt. Where both are of one study, findings are the same when they are about the
 * same component. Components of different models or dictionaries have nothing but their meaning in common: there a
 * finding is the same as one whose component has the same label, and one without a label is like no other.
 */
export function compareAudits(first: Compared, second: Compared): AuditComparison {
  const sameStudy = first.report.study.key === second.report.study.key;
  const matchedBy = sameStudy ? 'component' : 'label';
  const nameOf = sameStudy
    ? ({ component }: Finding) => String(component)
    : ({ label }: Finding) => (label === null ? null : label.normalize('NFKC').trim().toLowerCase());
  const [ofFirst, ofSecond] = [byPrompt(first), byPrompt(second)];
  const prompts = [...new Set([...ofFirst.keys(), ...ofSecond.keys()])].map((prompt): ComparedPrompt => {
    const [a, b] = [ofFirst.get(prompt), ofSecond.get(prompt)];
    const [mine, others] = [a?.findings ?? [], [...(b?.findings ?? [])]];
    const both: (readonly [Finding, Finding])[] = [];
    const only: Finding[] = [];
    for (const finding of mine) {
      const name = nameOf(finding);
      const same = name === null ? undefined : others.find((other) => nameOf(other) === name);
      if (same === undefined) only.push(finding);
      else {
        both.push([finding, same]);
        others.splice(others.indexOf(same), 1);
      }
    }
    const [inFirst, inSecond] = [a?.tested ?? false, b?.tested ?? false];
    const missing = inFirst ? (inSecond ? null : 'second') : inSecond ? 'first' : 'both';
    return { prompt, both, first: only, second: others, missing };
  });
  return { prompts, matchedBy };
}

interface Prompt {
  readonly findings: Finding[];
  tested: boolean;
}

/** A prompt that stands in several places is one; each of its components is listed once, by the largest score. */
function byPrompt({ report, subjects }: Compared): ReadonlyMap<string, Prompt> {
  const prompts = new Map<string, Prompt>();
  const names = subjects.map(promptOf);
  for (const [i, name] of names.entries()) {
    const prompt = prompts.get(name) ?? { findings: [], tested: false };
    prompts.set(name, prompt);
    if (report.subjects[i]?.error === null) prompt.tested = true;
  }
  for (const finding of report.findings.toSorted((a, b) => b.score - a.score)) {
    const known = prompts.get(names[finding.subject] ?? '')?.findings;
    if (known?.every(({ component }) => component !== finding.component)) known.push(finding);
  }
  return prompts;
}
