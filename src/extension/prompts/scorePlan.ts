import type { Ask, Fillable, GroupOfPrompts, Member, Scorable } from './promptDirections';
import type { Scored, ScoreMemory } from './scoreMemory';

/** What the engine is asked next. */
export interface Step {
  /** Whether the components of the directions are wanted, too. */
  readonly attributes: boolean;
  readonly asks: readonly Ask[];
}

/**
 * As many texts are given to the engine at once. Few of what is in view: its numbers come one after the other where the
 * model is large. More of the rest; what a person asks of the engine meanwhile waits no longer than that.
 */
const sliceTexts = { inView: 16, rest: 64 };

/** Groups with more texts are not scored as a whole. */
export const mostGroupTexts = 20_000;

/** Less than fits into a ScoreMemory: else what is wanted would never be all there. */
const mostTexts = 30_000;

export const memorySize = 40_000;

/**
 * What is missing: first what is in view, then the rest of its groups. Null where nothing is.
 * @param inView prompts in visible ranges, the most important first
 * @param isShared whether a prompt's share takes the scores of its group; else only classes for templates do
 */
export function nextStep(inView: readonly Member[], memory: ScoreMemory, isShared: boolean): Step | null {
  const visible = inView.flatMap((member) => askOf(member, memory) ?? []);
  const attributed = slice(visible, (ask) => isAttributed(memory.peek(ask.key)), sliceTexts.inView);
  if (attributed.length > 0) return { attributes: true, asks: attributed };
  const others = isShared ? inView : inView.filter(({ kind }) => kind === 'fillable');
  const rest = slice(asksOf(groupsOf(others)), (ask) => memory.peek(ask.key) !== undefined, sliceTexts.rest);
  return rest.length > 0 ? { attributes: false, asks: rest } : null;
}

/** What is asked for a member; null for a template whose classes are not scored yet. */
export function askOf(member: Member, memory: ScoreMemory): Ask | null {
  if (member.kind === 'scorable') return member.ask;
  const best = bestClass(member, memory);
  return best === null ? null : member.filledWith(best.text);
}

/** Whether the members of a group can be compared with each other. */
export function isWithinReach(group: GroupOfPrompts): boolean {
  return group.texts <= mostGroupTexts;
}

/** Mean over the images; null where there is no score. */
export function similarityOf(score: Scored | undefined): number | null {
  if (score?.kind !== 'scored') return null;
  return score.similarities.reduce((sum, y) => sum + y, 0) / score.similarities.length;
}

/** The class with the highest score, as soon as all are scored. */
function bestClass({ classes }: Fillable, memory: ScoreMemory): Scorable | null {
  let best: { readonly member: Scorable; readonly similarity: number } | null = null;
  for (const group of classes) {
    if (!isWithinReach(group)) return null;
    for (const member of group.members) {
      const score = memory.peek(member.ask.key);
      if (score === undefined) return null;
      const similarity = similarityOf(score);
      if (similarity !== null && (best === null || similarity > best.similarity))
        best = { member, similarity };
    }
  }
  return best?.member ?? null;
}

/** That those in view belong to, or are filled with; each once, as many as can be kept. */
export function groupsOf(inView: readonly Member[]): GroupOfPrompts[] {
  const groups = new Set(
    inView.flatMap((member) => (member.kind === 'scorable' ? [member.group] : member.classes)),
  );
  let texts = 0;
  return [...groups].filter((group) => {
    if (!isWithinReach(group) || texts + group.texts > mostTexts) return false;
    texts += group.texts;
    return true;
  });
}

function* asksOf(groups: readonly GroupOfPrompts[]): Iterable<Ask> {
  for (const { members } of groups) for (const { ask } of members) yield ask;
}

function isAttributed(score: Scored | undefined): boolean {
  return score?.kind === 'failed' || (score?.kind === 'scored' && score.strongest !== undefined);
}

/**
 * The first that are not done, each once: at least one, if there is any.
 * @param most texts
 */
function slice(asks: Iterable<Ask>, isDone: (ask: Ask) => boolean, most: number): Ask[] {
  const taken = new Map<string, Ask>();
  let texts = 0;
  for (const ask of asks) {
    if (taken.has(ask.key) || isDone(ask)) continue;
    if (taken.size > 0 && texts + ask.texts > most) break;
    taken.set(ask.key, ask);
    texts += ask.texts;
  }
  return [...taken.values()];
}
