import * as vscode from 'vscode';
import type { AuditSubject, Finding } from '../../shared/audit';
import type { FindingId } from '../../shared/decisions';
import type { Direction } from '../../shared/direction';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import { percent, points, signedPoints } from '../../shared/points';
import type { CallOptions, Remote } from '../../shared/rpc/protocol';
import type { Rewriter } from '../compare/rewriter';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';
import { withPatience } from '../patience';
import type { FoundDocuments } from '../prompts/editorPrompts';
import { componentName } from './findingText';
import type { FoundSubject } from './foundSubjects';
import type { KeptAudit } from './keptAudit';
import { categories, type Proposal, proposals } from './rewordings';
import { scoreWordings, type WordingScore, type WordingScores } from './scoreRewordings';
import { subjectImages } from './subjectImages';
import { subjectsNow } from './units';
import type { WorkspaceAudit } from './workspaceAudit';

export interface RewordingServices {
  readonly audit: Pick<WorkspaceAudit, 'placed' | 'finding'>;
  readonly engine: () => Pick<Remote<EngineProtocol>, 'measure' | 'compare' | 'relate' | 'matchImages'>;
  readonly library: Pick<WorkspaceLibrary, 'request'>;
  readonly documents: Pick<FoundDocuments, 'find'>;
  readonly rewriter: Pick<Rewriter, 'write' | 'undo'>;
  readonly classTemplate: () => string;
  readonly onError: (thrown: unknown) => void;
}

/** Images that wordings are scored on: more would not be waited for. */
const mostImages = 24;
const mostSenses = 3;

interface Scored extends WordingScores {
  /** The first score is the prompt's own. */
  readonly wordings: readonly Proposal[];
}

interface RewordingItem extends vscode.QuickPickItem {
  readonly text: string;
}

/**
 * Proposes other wordings of a prompt that something was found about, each scored on its images, and writes the one that
 * the person chooses into the file.
 *
 * @param document where the prompt is to be reworded
 * @param offset where it stands in it, if it does several times
 */
export async function tryRewordings(
  id: FindingId,
  document: vscode.Uri,
  offset: number,
  services: RewordingServices,
): Promise<void> {
  const { audit, rewriter, onError } = services;
  const known = audit.finding(id);
  const { placed } = audit;
  if (known === null || placed === null || known.outcome !== placed.outcome) throw gone(id.prompt);
  const { finding } = known;
  const found = await whereNow(placed.keys[finding.subject]!, document, offset, services);
  if (found === null) throw gone(id.prompt);
  const subject = placed.outcome.subjects[finding.subject]!;
  const scored = await withPatience(vscode.l10n.t('Trying other wordings of “{0}”', found.name), (options) =>
    score(placed, subject, finding, found, services, options),
  );
  const text = await choose(found.name, finding, scored);
  if (text === undefined) return;
  const written = await rewriter.write(document.toString(), {
    file: vscode.workspace.asRelativePath(document),
    group: found.group,
    index: found.index,
    before: found.name,
    after: text,
  });
  const undo = vscode.l10n.t('Undo');
  const said = vscode.l10n.t('Wrote “{0}”. Audit again to see what it relies on.', text);
  void vscode.window.showInformationMessage(said, undo).then(async (chosen) => {
    if (chosen === undo) await rewriter.undo(written).catch(onError);
  });
}

async function whereNow(
  key: string,
  uri: vscode.Uri,
  offset: number,
  services: RewordingServices,
): Promise<FoundSubject | null> {
  const document = await vscode.workspace.openTextDocument(uri);
  const same = (await subjectsNow(document, services)).filter((subject) => subject.key === key);
  return same.find(({ start, end }) => start <= offset && offset <= end) ?? same[0] ?? null;
}

async function score(
  placed: KeptAudit,
  subject: AuditSubject,
  finding: Finding,
  found: FoundSubject,
  { engine, library }: RewordingServices,
  options: CallOptions,
): Promise<Scored> {
  const { study, outcome, rivals } = placed;
  const remote = engine();
  const isClass = !(subject.direction.kind === 'prompt' && subject.direction.text === found.name);
  const request = { ...(await library.request()), study };
  const paths = await subjectImages(subject, mostImages, remote, request, options);
  // What the library was told of may be gone.
  const images = paths.length > 0 ? paths : finding.samples.map(({ path }) => path);
  const senses = await likeliestSenses(subject.direction, placed, remote, options);
  const own: Proposal = { text: found.name, why: '' };
  const all = [own, ...proposals(found.name, isClass ? 'class' : 'prompt', finding, senses)];
  const wordings = all.filter(({ text }) => reworded(subject.direction, found.name, text) !== null);
  const isOther = ({ set, name }: AuditSubject) => set === subject.set && name !== subject.name;
  const others = [...outcome.subjects.filter(isOther), ...rivals.filter(({ set }) => set === subject.set)];
  const scores = await scoreWordings(
    remote,
    {
      study,
      key: outcome.report.study.key,
      component: finding.component,
      images: images.map((path) => ({ kind: 'file', path })),
      wordings: wordings.map(({ text }) => reworded(subject.direction, found.name, text)!),
      others: others.map(({ direction }) => direction),
    },
    options,
  );
  return { ...scores, wordings };
}

/** The same direction of another text; null where it does not come from this one. */
function reworded(direction: Direction, before: string, after: string): Direction | null {
  const replaced = (text: string) => (text.includes(before) ? text.replaceAll(before, () => after) : null);
  switch (direction.kind) {
    case 'prompt': {
      const text = replaced(direction.text);
      return text === null ? null : { kind: 'prompt', text };
    }
    case 'ensemble': {
      const texts = direction.texts.map(replaced).filter((text) => text !== null);
      return texts.length < direction.texts.length ? null : { kind: 'ensemble', name: after, texts };
    }
    case 'versus':
    case 'image':
    case 'linear':
      return null;
  }
}

/** The senses that the model itself finds nearest to a prompt. */
async function likeliestSenses(
  direction: Direction,
  { study }: KeptAudit,
  engine: Pick<Remote<EngineProtocol>, 'relate'>,
  options: CallOptions,
): Promise<readonly string[]> {
  const texts = categories.map((text): Direction => ({ kind: 'prompt', text }));
  const { cosines } = await engine.relate({ study, directions: [direction, ...texts] }, options);
  return categories
    .map((category, i) => ({ category, cosine: cosines[i + 1]! }))
    .toSorted((a, b) => b.cosine - a.cosine)
    .slice(0, mostSenses)
    .map(({ category }) => category);
}

async function choose(
  text: string,
  finding: Finding,
  { wordings, scores, images }: Scored,
): Promise<string | undefined> {
  const [own] = scores;
  const items = wordings
    .map((wording, i) => ({ wording, score: scores[i]! }))
    .slice(1)
    .toSorted((a, b) => rank(b.score, own!) - rank(a.score, own!))
    .map(
      ({ wording, score }): RewordingItem => ({
        label: wording.text,
        description: scoreLine(score, own!),
        detail: wording.why,
        text: wording.text,
      }),
    );
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No other wording of “{0}” is known.', text));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Reword “{0}”, Which Relies on {1}', text, componentName(finding)),
    placeHolder: vscode.l10n.t('Now: {0} · on {1} of its images', scoreLine(own!, null), images),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.text;
}

/** What relies on the component less, and recognises no less, goes first. */
function rank(score: WordingScore, own: WordingScore): number {
  const lost = Math.max(0, (own.accuracy ?? 0) - (score.accuracy ?? 0));
  return own.share - score.share - lost;
}

function scoreLine({ similarity, share, accuracy }: WordingScore, own: WordingScore | null): string {
  return [
    own === null
      ? vscode.l10n.t('score {0}', points(similarity))
      : vscode.l10n.t('score {0} ({1})', points(similarity), signedPoints(similarity - own.similarity)),
    own === null
      ? vscode.l10n.t('share {0}', percent(share))
      : vscode.l10n.t('share {0} (was {1})', percent(share), percent(own.share)),
    ...(accuracy === null ? [] : [vscode.l10n.t('recognised {0}', percent(accuracy))]),
  ].join(' · ');
}

function gone(prompt: string): ClipsightError {
  return new ClipsightError(
    'prompt',
    vscode.l10n.t('“{0}” does not stand there any more, or was audited anew.', prompt),
    vscode.l10n.t('Audit the file again.'),
  );
}
