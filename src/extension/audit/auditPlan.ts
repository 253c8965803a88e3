import type { AuditRequest, AuditSubject } from '../../shared/audit';
import { besidePrompts } from '../../shared/auditProbe';
import { folderRivals } from '../../shared/auditRivals';
import { type AuditPrompt, auditSubjects, promptSet } from '../../shared/auditSubjects';
import { type ExpectedConcepts, expectedOf } from '../../shared/expectedConcepts';
import type { Probe } from '../../shared/probe';
import type { FoundSubject } from './foundSubjects';

/** Where a prompt that is audited stands. */
export interface AuditedPlace {
  /** Of the file, or of the notebook. */
  readonly uri: string;
  /** Number of the cell; null outside notebooks. */
  readonly cell: number | null;
  /** Relative to its workspace folder, with slashes. */
  readonly file: string;
  readonly group: string;
  /** In its group, from 0. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** A prompt that is to be audited, and where it was found. */
export interface PlacedPrompt {
  readonly prompt: AuditPrompt;
  /** The same for the same direction, and for no other. */
  readonly key: string;
  readonly place: AuditedPlace | null;
}

export interface AuditPlan {
  readonly subjects: readonly AuditSubject[];
  /** One list per subject: all places where it stands. */
  readonly places: readonly (readonly AuditedPlace[])[];
  readonly rivals: AuditRequest['rivals'];
}

export interface PlanSettings {
  /** Class folders of the library. */
  readonly folders: readonly string[];
  /** The prompt of a class folder, with {} for its name. */
  readonly template: string;
  readonly expected: ExpectedConcepts;
}

/** @param label what the file is called: another in each folder of the workspace */
export function promptsFound(
  found: readonly FoundSubject[],
  place: Pick<AuditedPlace, 'uri' | 'cell' | 'file'>,
  label: string,
): PlacedPrompt[] {
  return found.map(({ name, text, direction, key, group, index, start, end }) => ({
    prompt: { name, text, direction, names: name, set: `${label}#${group}` },
    key,
    place: { ...place, group, index, start, end },
  }));
}

export function promptsTyped(prompts: readonly string[]): PlacedPrompt[] {
  return prompts.map((text) => ({ prompt: { text }, key: `prompt ${text}`, place: null }));
}

/**
 * The classes of a probe, each beside the prompt of its class.
 *
 * @param file of the probe, relative to the workspace: the set of its classes
 * @param template the prompt of a class, with {} for its name
 */
export function promptsOfProbe(probe: Probe, file: string, template: string): PlacedPrompt[] {
  return besidePrompts([], probe, { template, set: file }).map(
    (prompt): PlacedPrompt => ({
      prompt,
      key: prompt.direction?.kind === 'linear' ? `linear ${file}#${prompt.name}` : `prompt ${prompt.text}`,
      place: null,
    }),
  );
}

/**
 * Each direction is one subject, however often it is written: twice it would be held against itself. Where it stands a
 * second time it still tells images of that set apart, and so do the class folders that no subject of a set names.
 */
export function auditPlan(prompts: readonly PlacedPrompt[], settings: PlanSettings): AuditPlan {
  const { folders, template, expected } = settings;
  const unique = new Map<string, { readonly first: PlacedPrompt; readonly places: AuditedPlace[] }>();
  const again: AuditRequest['rivals'] = [];
  const taken = new Set<string>();
  for (const one of prompts) {
    const known = unique.get(one.key);
    if (known === undefined) unique.set(one.key, { first: one, places: one.place ? [one.place] : [] });
    else if (one.place !== null) known.places.push(one.place);
    const { set = promptSet, name, text, direction } = one.prompt;
    const inSet = JSON.stringify([set, one.key]);
    if (known !== undefined && !taken.has(inSet)) {
      again.push({ set, name: name ?? text, direction: direction ?? { kind: 'prompt', text } });
    }
    taken.add(inSet);
  }
  const chosen = [...unique.values()];
  // Of a probe whose classes have one prompt: that one stands beside both.
  const indices = new Map([...unique.keys()].map((key, i) => [key, i]));
  const asked = chosen.map(({ first: { prompt } }): AuditPrompt => {
    const beside = prompt.beside == null ? null : (indices.get(prompts[prompt.beside]!.key) ?? null);
    const said = { name: prompt.name ?? prompt.text, text: prompt.text };
    return { ...prompt, beside, expected: expectedOf(expected, said) };
  });
  const subjects = auditSubjects(asked, folders);
  return {
    subjects,
    places: chosen.map(({ places }) => places),
    rivals: [...again, ...folderRivals(subjects, folders, template)],
  };
}
