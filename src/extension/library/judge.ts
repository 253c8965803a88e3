import { resolveReference, type StudySurroundings } from '../engine/studySettings';

/** What `clipsight.judge` says where the model under study is to judge itself. */
export const selfJudged = 'self';

/** Models that come with a judge of their own. */
const ownJudges: Readonly<Record<string, string>> = { 'bundled:emoji-clip': 'bundled:emoji-judge' };

/** The judge of a model where the setting leaves it open, as in settings; `self` where there is no other. */
export function automaticJudge(model: string): string {
  return ownJudges[model] ?? selfJudged;
}

/**
 * The judge as the engine takes it; null where the model under study judges itself. In a workspace that is not trusted
 * the setting counts for nothing.
 * @param model the model in use, as in settings
 * @throws ClipsightError 'configuration'
 */
export function resolveJudge(setting: string, model: string, surroundings: StudySurroundings): string | null {
  const chosen = surroundings.isTrusted ? setting.trim() : '';
  const judge = chosen === '' ? automaticJudge(model) : chosen;
  return judge === selfJudged ? null : resolveReference('model', judge, surroundings, 'clipsight.judge');
}
