import * as z from 'zod';
import { ClipsightError } from './errors';
import { NamedIntervention } from './intervention';

/** Where a workspace keeps its named interventions, relative to its folder. */
export const interventionFile = '.clipsight/interventions.json';

const version = 1;

const Version = z.looseObject({ version: z.int() });

const InterventionFile = z.strictObject({
  version: z.literal(version),
  interventions: z.array(NamedIntervention),
});

/**
 * The named interventions in such a file, by name.
 * @param file as errors name it
 * @throws ClipsightError `configuration`
 */
export function parseInterventionFile(text: string, file: string): readonly NamedIntervention[] {
  const wrong = (what: string, remedy: string) =>
    new ClipsightError('configuration', `${file} ${what}`, remedy);
  const repair = 'Correct the file, or move it away to begin a new one.';
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw wrong('is no JSON.', repair);
  }
  const known = Version.safeParse(data);
  if (known.success && known.data.version > version) {
    throw wrong(
      `is of version ${known.data.version}, which is newer than this Clipsight.`,
      'Update Clipsight.',
    );
  }
  const parsed = InterventionFile.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
    throw wrong(`has no named interventions as they should be${at}: ${issue?.message}`, repair);
  }
  const { interventions } = parsed.data;
  const twice = interventions.find((one, i) => interventions.findIndex((other) => isSame(one, other)) < i);
  if (twice !== undefined) throw wrong(`has two interventions “${twice.name}” of one study.`, repair);
  return sorted(interventions);
}

/** The same interventions give the same text, in whatever order they come. */
export function formatInterventionFile(interventions: readonly NamedIntervention[]): string {
  const file: z.infer<typeof InterventionFile> = {
    version,
    interventions: sorted(interventions).map(({ name, key, model, dictionary, intervention }) => ({
      name,
      key,
      model,
      dictionary,
      intervention: intervention
        .toSorted((a, b) => a.component - b.component)
        .map(({ component, factor }) => ({ component, factor })),
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** With one more, in the place of the one with its name in its study. */
export function withIntervention(
  interventions: readonly NamedIntervention[],
  one: NamedIntervention,
): readonly NamedIntervention[] {
  return sorted([...interventions.filter((other) => !isSame(one, other)), one]);
}

/** An intervention by its name in a study. */
export type InterventionName = Pick<NamedIntervention, 'name' | 'key'>;

export function withoutIntervention(
  interventions: readonly NamedIntervention[],
  one: InterventionName,
): readonly NamedIntervention[] {
  return interventions.filter((other) => !isSame(one, other));
}

/** Undefined where there is none. */
export function findIntervention(
  interventions: readonly NamedIntervention[],
  one: InterventionName,
): NamedIntervention | undefined {
  return interventions.find((other) => isSame(one, other));
}

function isSame(a: InterventionName, b: InterventionName): boolean {
  return a.name === b.name && a.key === b.key;
}

/** By name; of the same name, by study. Not by language: everyone's file is the same. */
function sorted(interventions: readonly NamedIntervention[]): NamedIntervention[] {
  const order = ({ name, key }: NamedIntervention) => `${name}\n${key}`;
  return interventions.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}
