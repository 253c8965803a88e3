import * as vscode from 'vscode';
import {
  type CompareHostProtocol,
  compareHostProtocol,
  compareViewProtocol,
  mostCompared,
} from '../../shared/compareProtocol';
import { ClipsightError, errorLine, hasCode, toErrorInfo } from '../../shared/errors';
import { templateOf } from '../../shared/promptDirection';
import { connect } from '../../shared/rpc/connect';
import type { Pipe } from '../../shared/rpc/pipe';
import type { Handlers } from '../../shared/rpc/protocol';
import { serve } from '../../shared/rpc/serve';
import type { StudyInfo, StudyRequest } from '../../shared/study';
import type { EngineClient } from '../engine/engineClient';
import { studyNotes } from '../engine/settings';
import type { StudyReader } from '../engine/studyRequests';
import { imageLabel, imageSource } from '../images/imageSource';
import { Latest } from '../latest';
import type { ComponentSummaries } from '../library/componentSummaries';
import { readClassTemplate } from '../library/librarySettings';
import { SentPictures } from '../library/sentPictures';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';
import { showError } from '../notify';
import { withPatience } from '../patience';
import type { FoundDocuments, PinnedSet } from '../prompts/editorPrompts';
import { statePush } from '../views/statePush';
import { viewHtml, viewOptions } from '../views/viewPage';
import { webviewPipe } from '../webviewPipe';
import { choosePrompts } from './choosePrompts';
import type { Column } from './columns';
import {
  type CompareModel,
  directionsOf,
  idle,
  namedPair,
  openCompare,
  reported,
  type Surroundings,
  startComparison,
  withComponents,
  withContent,
  withError,
  withoutNumbers,
  withPoor,
  withUndo,
} from './compareModel';
import { runComparison } from './compareRun';
import type { CompareStore } from './compareStore';
import {
  type Content,
  reworded,
  shownOf,
  withChosen,
  withDraft,
  withMembers,
  withoutColumn,
} from './content';
import { exportComparison, exportedComponents } from './exportComparison';
import { followDocument } from './followDocument';
import { groupsAt } from './foundGroups';
import { type GroupNow, keyOf } from './groupNow';
import { openPlace } from './openPlace';
import { describedPairs, PoorMarks } from './poorMarks';
import { bestOf } from './rankPrompts';
import type { Rewriter, WrittenIn } from './rewriter';

/** The longer side of the pictures in the header, in pixels. */
const previewSize = 192;

/** So long a file has to rest before its prompts are scored again, in milliseconds. */
const rest = 300;

export interface CompareServices {
  readonly extension: vscode.Uri;
  readonly engine: EngineClient;
  readonly readStudy: StudyReader;
  /** Told of every study that is shown. */
  readonly onStudy: (asked: StudyRequest, study: StudyInfo) => void;
  /** Uses the dictionary of a study though it reconstructs the model badly. */
  readonly acceptPoor: (asked: StudyRequest) => Promise<void>;
  readonly pinned: PinnedSet;
  readonly found: Pick<FoundDocuments, 'find' | 'onFound'>;
  readonly rewriter: Rewriter;
  readonly store: CompareStore;
  /** Lets the person choose what is pinned. */
  readonly chooseImages: () => Promise<unknown>;
  /** Asks for prompts; undefined when the person leaves without a choice. */
  readonly pickPrompts: (chosen: readonly string[]) => Promise<readonly string[] | undefined>;
  readonly library: Pick<WorkspaceLibrary, 'thumbnail' | 'request'>;
  readonly components: Pick<ComponentSummaries, 'of'> & {
    /** What is said of components is out of date. */
    readonly onChange: vscode.Event<void>;
    readonly inspect: (component: number) => Promise<void>;
  };
  /** Remembers the folder of exports. */
  readonly storage: vscode.Memento;
}

interface View {
  readonly push: () => Promise<void>;
  readonly dispose: () => void;
}

export interface CompareOpening {
  /** Names the view across reloads of the window. */
  readonly name: string;
  readonly content: Content;
  /** The groups that its prompts are of, as they were found. */
  readonly groups: readonly GroupNow[];
  /** The group of which only what scores best is to be shown. */
  readonly rank: GroupNow | null;
}

/** One comparison: what the person chose, its numbers, and the runs that compute them. The page is a picture of it. */
export class ComparePanel {
  private model: CompareModel;
  private running = new AbortController();
  private asked: StudyRequest | null = null;
  private readonly pipe: Pipe;
  private view: View | null = null;
  private readonly pictures = new SentPictures((path) => vscode.workspace.asRelativePath(path));
  private readonly summarising = new Latest();
  private readonly poor: PoorMarks;
  private wanted: readonly number[] = [];
  /** What each group said when its prompts were last followed. */
  private groups: ReadonlyMap<string, GroupNow>;
  private writes: readonly WrittenIn[] = [];
  private following: Promise<void> = Promise.resolve();
  private resting: NodeJS.Timeout | undefined;
  private changing: NodeJS.Timeout | undefined;
  /** Work that ends after the view must not begin more of it. */
  private closed = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly opening: CompareOpening,
    private readonly services: CompareServices,
  ) {
    const { content, groups, rank } = opening;
    this.groups = new Map(groups.map((group) => [keyOf(group), group]));
    this.poor = new PoorMarks(services.library, () => services.engine.remote);
    this.model = openCompare(content, services.pinned.images.map(imageLabel), this.around(content));
    this.pipe = webviewPipe(panel);
    const host = serve(this.pipe, 'compare-host', compareHostProtocol, this.handlers());
    panel.iconPath = vscode.Uri.joinPath(services.extension, 'media', 'icon.svg');
    const listener = vscode.Disposable.from(
      services.components.onChange(() => {
        this.poor.forget();
        this.summarise();
      }),
      services.pinned.onChange(() => this.recompute()),
      services.found.onFound((document) => this.follow(document.uri.toString())),
      // Documents that nobody sees are looked into when somebody asks.
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.followSoon(document.uri.toString())),
    );
    panel.onDidDispose(() => {
      listener.dispose();
      host.dispose();
      this.close();
    });
    panel.webview.options = viewOptions(services.extension);
    panel.title = titleOf(content);
    panel.webview.html = viewHtml(panel.webview, services.extension, {
      view: 'compare',
      element: 'clipsight-compare',
      title: panel.title,
      name: opening.name,
    });
    void services.store.keep(opening.name, content);
    if (rank !== null && services.pinned.images.length > 0) void this.rank(rank);
    else this.recompute();
  }

  /** The group that the view is of, by `keyOf`; null where it is of none. */
  get source(): string | null {
    const { source } = this.model.content;
    return source === null ? null : keyOf(source);
  }

  /** What is shown: for tests, which cannot see into the page. */
  get state(): CompareModel['state'] {
    return this.model.state;
  }

  /** Computes everything anew: with the settings and the images of now. */
  recompute(): void {
    const images = this.services.pinned.images.map(imageLabel);
    const { content } = this.model;
    // Settings also say what classes are filled into.
    this.show(withContent(this.model, content, this.around(content)));
    this.show(withoutNumbers(this.model, images, studyNotes()));
    this.compute();
  }

  /** Cancels the run under way and computes what is not known. */
  private compute(): void {
    const { engine, readStudy, onStudy, pinned } = this.services;
    const fallback = templateOf(readClassTemplate());
    clearTimeout(this.resting);
    this.running.abort();
    this.running = new AbortController();
    this.summarising.cancel();
    const directions = directionsOf(this.model.content, fallback);
    if (directions.length === 0) {
      this.show(idle(this.model));
      return;
    }
    this.show(startComparison(this.model));
    const { run, state } = this.model;
    const input = {
      engine: () => engine.remote,
      study: async () => {
        const asked = await readStudy();
        if (run === this.model.run) this.asked = asked;
        return asked;
      },
      images: pinned.images.map((uri) => () => imageSource(uri)),
      directions,
      known: state,
      pair: (scores: NonNullable<CompareModel['state']['scores']>) => namedPair(this.model, scores, fallback),
      signal: this.running.signal,
    };
    void runComparison(input, (event) => {
      const isCurrent = run === this.model.run;
      if (isCurrent && event.kind === 'scores' && this.asked !== null) onStudy(this.asked, event.study);
      this.show(reported(this.model, run, event));
      if (isCurrent && event.kind === 'finished') this.summarise();
    });
  }

  /** Shows what scores best of a group that is too large, as soon as that is known. */
  private async rank(group: GroupNow): Promise<void> {
    const { engine, readStudy, pinned } = this.services;
    this.show(startComparison(this.model));
    const { run } = this.model;
    const options = {
      signal: this.running.signal,
      onProgress: (progress: { stage: string; done: number; total: number }) =>
        this.show(reported(this.model, run, { kind: 'progress', progress })),
    };
    try {
      const study = await readStudy();
      this.asked = study;
      const images = await Promise.all(pinned.images.map(imageSource));
      const fallback = templateOf(readClassTemplate());
      const best = await bestOf(
        group,
        mostCompared,
        { engine: engine.remote, study, images, fallback },
        options,
      );
      if (run !== this.model.run) return;
      if (best.length > 0) this.take({ ...withChosen(this.model.content, group, best), chosenBy: 'score' });
      else this.recompute();
    } catch (thrown) {
      if (run !== this.model.run) return;
      // What is nearest to the cursor stands there already: that is compared, unless the person wanted nothing of it.
      if (hasCode(thrown, 'cancelled')) this.show(withError(this.model, toErrorInfo(thrown)));
      else this.recompute();
    }
  }

  /** Another content: shown, remembered, and what of it has no numbers computed. */
  private take(content: Content): void {
    if (this.closed || content === this.model.content) return;
    this.show(withContent(this.model, content, this.around(content)));
    void this.services.store.keep(this.opening.name, content);
    this.compute();
  }

  private followSoon(uri: string): void {
    if (!this.standsIn(uri)) return;
    clearTimeout(this.changing);
    this.changing = setTimeout(() => this.follow(uri), rest);
  }

  /** A document has other prompts: those of here that stand in it are followed. One after the other. */
  private follow(uri: string): Promise<void> {
    if (!this.standsIn(uri)) return Promise.resolve();
    this.following = this.following.then(async () => {
      const now = await groupsAt(this.services.found, uri);
      const { content, groups, writes } = followDocument(
        { content: this.model.content, groups: this.groups, writes: this.writes },
        uri,
        now,
      );
      this.groups = groups;
      this.writes = writes;
      if (this.closed || content === this.model.content) return;
      this.panel.title = titleOf(content);
      this.show(withContent(this.model, content, this.around(content)));
      void this.services.store.keep(this.opening.name, content);
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.compute(), rest);
    });
    return this.following.catch((thrown) => {
      this.following = Promise.resolve();
      this.services.engine.log.warn(errorLine(toErrorInfo(thrown)));
    });
  }

  private standsIn(uri: string): boolean {
    return [...this.groups.values()].some((group) => group.uri === uri);
  }

  private show(model: CompareModel): void {
    if (model === this.model) return;
    this.model = model;
    void this.view?.push();
  }

  /** Says what the library knows of the components that are shown; without a library the view stays as it is. */
  private summarise(): void {
    const { components, engine } = this.services;
    const { study } = this.model.state;
    if (study === null) return;
    const work = async () => {
      const answer = await this.summarising.run(async (signal) => {
        const known = await components.of(this.wanted, study.key, signal);
        if (known === null) return { known, poor: [] };
        const shown = {
          judge: known.judge,
          known: known.known.map((summary) => this.pictures.summary(summary)),
        };
        if (this.model.state.study?.key === study.key) this.show(withComponents(this.model, shown));
        const pairs = describedPairs(this.model.state, this.wanted);
        return { known, poor: await this.poor.of(pairs, study.key, signal) };
      });
      if (answer === undefined || this.model.state.study?.key !== study.key) return;
      if (answer.known === null) this.show(withComponents(this.model, null));
      this.show(withPoor(this.model, answer.poor));
    };
    // The numbers do not depend on it.
    work().catch((thrown) => engine.log.warn(errorLine(toErrorInfo(thrown))));
  }

  private handlers(): Handlers<CompareHostProtocol> {
    const { engine } = this.services;
    return {
      ready: () => {
        this.view?.dispose();
        this.view = this.connectView();
        return this.model.state;
      },
      cancel: () => {
        this.running.abort();
      },
      retry: () => this.recompute(),
      acceptPoor: () => {
        const { asked } = this;
        if (asked !== null) this.attempt(this.services.acceptPoor(asked));
      },
      showLogs: () => engine.log.show(),
      rewrite: ({ column, text, before }) => this.rewrite(column, text, before),
      tryText: ({ column, text }) => {
        const { id, draftOf } = this.column(column);
        this.take(withDraft(this.model.content, draftOf ?? id, meant(text)));
      },
      writeDraft: async ({ column }) => {
        const { draftOf, text } = this.column(column);
        if (draftOf === null) throw new ClipsightError('protocol', 'That is no rewording.');
        await this.rewrite(draftOf, text, this.column(draftOf).text);
        if (this.model.content.columns.some(({ id }) => id === column)) {
          this.take(withoutColumn(this.model.content, column));
        }
      },
      undo: () => this.undo(),
      addText: ({ text }) => this.add([meant(text)]),
      pickPrompts: () => {
        this.attempt(this.pickPrompts());
      },
      pickColumns: () => {
        this.attempt(this.pickColumns());
      },
      removeColumn: ({ column }) => {
        this.column(column);
        this.take(withoutColumn(this.model.content, column));
      },
      openPlace: ({ column }) => {
        const { place } = this.column(column);
        if (place !== null) this.attempt(openPlace(place, this.services.found));
      },
      setTemplate: ({ template }) => {
        const { content, state } = this.model;
        const chosen = template === null ? null : offered(state.templates, template);
        this.take({ ...content, fillings: { ...content.fillings, template: chosen } });
      },
      setClass: ({ name }) => {
        const { content, state } = this.model;
        const chosen = offered(state.classes, name);
        this.take({ ...content, fillings: { ...content.fillings, name: chosen } });
      },
      setPair: ({ of, against }) => {
        this.column(of);
        this.column(against);
        if (of === against) throw new ClipsightError('protocol', 'A prompt has no difference with itself.');
        this.take({ ...this.model.content, pair: { of, against } });
      },
      chooseImages: () => {
        this.attempt(this.services.chooseImages());
      },
      preview: async ({ image }, job) =>
        engine.remote.preview(
          { image: await imageSource(this.image(image)), size: previewSize },
          { signal: job.signal },
        ),
      openImage: ({ image }) => {
        this.attempt(vscode.commands.executeCommand('vscode.open', this.image(image)));
      },
      wantComponents: ({ components }) => {
        this.wanted = components;
        this.summarise();
      },
      inspect: ({ component }) => {
        this.attempt(this.services.components.inspect(component));
      },
      indexImages: () => {
        this.attempt(vscode.commands.executeCommand('clipsight.indexImages'));
      },
      thumbnail: ({ sha256, size }, job) => {
        this.pictures.path(sha256);
        return this.services.library.thumbnail(sha256, size, job.signal);
      },
      exportResults: (how) => {
        this.attempt(this.exportResults(how));
      },
    };
  }

  /**
   * Another text for a prompt: written to its file where it stands in one.
   *
   * @param before what it said when the person began
   * @throws ClipsightError 'prompt' where it cannot be written, with the reason
   */
  async rewrite(id: number, text: string, before: string): Promise<void> {
    const after = meant(text);
    const column = this.column(id);
    const { place } = column;
    if (after === column.text) return;
    if (before !== column.text) {
      throw new ClipsightError(
        'prompt',
        `It now says “${column.text}”. Nothing was written.`,
        'Write again to replace that, too.',
      );
    }
    if (place === null) {
      const { content } = this.model;
      this.take(
        column.draftOf === null ? reworded(content, id, after) : withDraft(content, column.draftOf, after),
      );
      return;
    }
    const { uri, group, index } = place;
    const file = labelOf(uri);
    const written = await this.services.rewriter.write(uri, { file, group, index, before, after });
    this.writes = [...this.writes, written];
    this.showUndo();
    await this.follow(uri);
  }

  /**
   * Takes the last write back.
   *
   * @throws ClipsightError 'prompt' where the file no longer has what was written; then it is not offered again
   */
  async undo(): Promise<void> {
    const written = this.writes.at(-1);
    if (written === undefined) return;
    this.writes = this.writes.slice(0, -1);
    this.showUndo();
    await this.services.rewriter.undo(written);
    await this.follow(written.uri);
  }

  private showUndo(): void {
    const last = this.writes.at(-1);
    this.show(
      withUndo(
        this.model,
        last === undefined ? null : { file: last.rewording.file, text: last.rewording.before },
      ),
    );
  }

  /** Also what is not in sight has its labels. */
  private async exportResults(how: Parameters<typeof exportComparison>[2]): Promise<void> {
    const { state } = this.model;
    const { study } = state;
    const known =
      study === null
        ? null
        : await withPatience(vscode.l10n.t('Looking up labels'), ({ signal = this.running.signal }) =>
            this.services.components.of(exportedComponents(state), study.key, signal),
          );
    await exportComparison(state, known?.known ?? [], how, this.services.storage);
  }

  private add(texts: readonly string[]): void {
    const { content } = this.model;
    const own = content.columns.filter(({ draftOf }) => draftOf === null);
    const fresh = texts.filter((text) => !own.some((column) => column.text === text));
    if (own.length + fresh.length > mostCompared) {
      throw new ClipsightError(
        'prompt',
        `At most ${mostCompared} prompts fit beside each other.`,
        'Remove one first.',
      );
    }
    if (fresh.length === 0 && texts.length > 0) {
      throw new ClipsightError('prompt', `“${texts[0]}” is here already.`);
    }
    this.take(
      withMembers(
        content,
        fresh.map((text) => ({ text })),
      ),
    );
  }

  private async pickPrompts(): Promise<void> {
    const prompts = await this.services.pickPrompts([]);
    if (prompts !== undefined && prompts.length > 0) this.add(prompts);
  }

  private async pickColumns(): Promise<void> {
    const { source } = this.model.content;
    const group = source === null ? undefined : this.groups.get(keyOf(source));
    if (group === undefined) return;
    const chosen = await choosePrompts(group, shownOf(this.model.content, group));
    if (chosen !== undefined)
      this.take(withChosen(this.model.content, this.groups.get(keyOf(group)) ?? group, chosen));
  }

  /** A page has come up, for the first time or again; it has the state of now. */
  private connectView(): View {
    const { remote, dispose } = connect(this.pipe, 'compare-view', compareViewProtocol);
    const push = statePush(
      () => this.model.state,
      (state) => remote.show(state),
      this.services.engine.log,
    );
    return {
      push,
      dispose,
    };
  }

  private around({ source }: Content): Surroundings {
    const group = source === null ? undefined : this.groups.get(keyOf(source));
    return {
      fallback: templateOf(readClassTemplate()),
      label: labelOf,
      size: group?.prompts.length ?? null,
    };
  }

  /** @throws ClipsightError 'protocol' */
  private column(id: number): Column {
    const column = this.model.content.columns.find((candidate) => candidate.id === id);
    if (column === undefined) throw new ClipsightError('protocol', `The view has no prompt ${id} any more.`);
    return column;
  }

  /** @throws ClipsightError 'protocol' */
  private image(index: number): vscode.Uri {
    const uri = this.services.pinned.images[index];
    if (uri === undefined) throw new ClipsightError('protocol', `The view has no image ${index}.`);
    return uri;
  }

  /** What the page does not wait for: it may take as long as the person takes. */
  private attempt(work: Thenable<unknown>): void {
    work.then(undefined, (thrown) => showError(this.services.engine.log, thrown));
  }

  private close(): void {
    this.closed = true;
    clearTimeout(this.resting);
    clearTimeout(this.changing);
    this.running.abort();
    this.summarising.cancel();
    this.view?.dispose();
    void this.services.store.drop(this.opening.name);
  }
}

function titleOf({ title }: Content): string {
  return vscode.l10n.t('Compare: {0}', title);
}

function labelOf(uri: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
}

/** @throws ClipsightError 'protocol' */
function offered(filling: CompareModel['state']['templates'], index: number): string {
  const text = filling?.texts[index];
  if (text === undefined) throw new ClipsightError('protocol', `The view offers no text ${index} any more.`);
  return text;
}

/** @throws ClipsightError 'prompt' where there is nothing to encode */
function meant(text: string): string {
  if (/\p{L}|\p{N}/u.test(text)) return text;
  throw new ClipsightError('prompt', 'A prompt needs some text.');
}
