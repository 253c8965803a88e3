import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type {
  AuditHostProtocol,
  AuditState,
  ShownAudit,
  ShownComparison,
  ShownFinding,
} from '../../shared/auditProtocol';
import { type ErrorInfo, toErrorInfo } from '../../shared/errors';
import { percent } from '../../shared/points';
import type { Progress, Remote } from '../../shared/rpc/protocol';
import { errorNotice } from '../components/errorNotice';
import type { ExportMenu } from '../components/exportMenu';
import { icons } from '../components/icons';
import '../components/studyHeader';
import { Summaries } from '../components/summaries';
import { page } from '../components/theme';
import { Thumbnails } from '../components/thumbnails';
import { auditPageStyles } from './auditPageStyles';
import './auditPlot';
import './comparisonTable';
import { type ComparisonTable, type SideFinding, studyNames } from './comparisonTable';
import { type Decided, decisionKeys } from './decisions';
import './evidencePane';
import type { EvidencePane, EvidenceState, OpenedImage } from './evidencePane';
import { auditFacts, backgroundSection, outdatedNotice, selfJudged, untestedSection } from './facts';
import { filterBar } from './filterBar';
import { arrange, everything, type Ordering } from './findings';
import './findingTable';
import type { FindingTable } from './findingTable';
import { intervalScale } from './intervalBar';
import './runMenu';
import { type RunScope, scopeChoices } from './runMenu';
import { outcomeSentence, subjectsText } from './sentences';
import './unexplainedSection';
import { readViewState, type ViewState } from './viewState';

/** Where the page's own state outlives it. */
export interface Memory {
  getState(): unknown;
  setState(state: { readonly panel: string; readonly view: ViewState }): void;
}

const exports: Pick<ExportMenu, 'choices' | 'hint'> = {
  hint: 'Save a report of this audit, with all findings and decisions',
  choices: [
    { label: 'Report as HTML…', detail: 'html' },
    { label: 'Report as Markdown…', detail: 'markdown' },
    { label: 'Report as JSON…', detail: 'json' },
  ],
};

const loading: EvidenceState = { kind: 'loading' };

/** Evidence is asked for once the choice rests so long, in milliseconds: arrow keys go over many. */
const patience = 60;

/**
 * What prompts rely on that they do not say. It draws the host's state and asks the host for everything else; its own
 * are only which findings are listed, in which order, and which one's evidence is shown.
 */
@customElement('clipsight-audit')
export class AuditPage extends LitElement {
  static override styles = auditPageStyles;

  @property({ attribute: false }) progress: Progress | null = null;
  @state() private shown: AuditState | null = null;
  @state() private view: ViewState = readViewState(undefined);
  @state() private text = '';
  @state() private selected: SideFinding | null = null;
  /** What the host refused last, until the person has seen it. */
  @state() private refusal: ErrorInfo | null = null;
  /** By `keyOf`. */
  @state() private evidence: ReadonlyMap<string, EvidenceState> = new Map();
  @state() private learned = 0;
  /** The library knows nothing of the study that is shown. */
  @state() private unknown = false;
  @query('clipsight-finding-table') private table!: FindingTable | null;
  @query('clipsight-comparison-table') private sideTable!: ComparisonTable | null;
  @query('clipsight-evidence-pane') private pane!: EvidencePane | null;

  private host!: Remote<AuditHostProtocol>;
  private memory: Memory | null = null;
  /** What had the focus before the page was drawn anew. */
  private focused: Element | null = null;
  private listed: readonly number[] = [];
  private wanted: readonly number[] = [];
  private asking: ReturnType<typeof setTimeout> | undefined;
  private readonly thumbnails = new Thumbnails((request, options) => this.host.thumbnail(request, options));
  private readonly summaries = new Summaries(
    async (components) => {
      const audit = this.shown?.audit?.id;
      if (audit === undefined) return [];
      const known = await this.host.summarise({ audit, components });
      if (audit === this.shown?.audit?.id) this.unknown = known === null;
      return known ?? [];
    },
    () => {
      this.learned += 1;
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet!];
    document.addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== page.styleSheet);
    document.removeEventListener('keydown', this.onKey);
    clearTimeout(this.asking);
    this.summaries.clear();
    this.thumbnails.clear();
  }

  /** Begins: remembers how it was looked at last, and takes the host's first state. */
  async connectTo(host: Remote<AuditHostProtocol>, memory: Memory): Promise<void> {
    this.host = host;
    this.memory = memory;
    this.view = readViewState(memory.getState());
    try {
      this.show(await host.ready({}));
    } catch (thrown) {
      this.refusal = toErrorInfo(thrown);
    }
  }

  /** Draws a state, unless a newer one was drawn already. */
  show(next: AuditState): void {
    const before = this.shown;
    if (before !== null && next.revision < before.revision) return;
    const isOther = next.audit?.id !== before?.audit?.id;
    this.shown = next;
    this.progress = next.progress;
    if (isOther || next.other?.id !== before?.other?.id) {
      const selected = this.selected === null ? null : this.finding(this.selected, before);
      this.selected = selected === null ? null : sameFinding(selected, next.audit);
      this.evidence = new Map();
    }
    if (isOther || next.components !== before?.components) {
      this.unknown = false;
      this.summaries.clear();
      this.summaries.want(this.wanted);
    }
  }

  /** Chooses a finding of the audit that is shown, whatever the filters leave out. */
  async reveal(finding: SideFinding): Promise<void> {
    if (this.finding(finding) === null) return;
    if (finding.audit === this.shown?.audit?.id && !this.listed.includes(finding.finding)) {
      this.look({ filter: everything });
      this.text = '';
    }
    if (finding.audit === this.shown?.audit?.id) this.look({ sideBySide: false });
    await this.enter(finding);
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.focused = this.shadowRoot?.activeElement ?? null;
    if (changed.has('view') && this.memory !== null) {
      this.memory.setState({ panel: this.getAttribute('panel') ?? '', view: this.view });
    }
    if (changed.has('shown') || changed.has('view') || changed.has('text')) this.arrange();
    if (changed.has('selected') || changed.has('evidence')) this.ask();
  }

  /** What had the focus may be gone: it goes on where the person was, not at the start of the page. */
  protected override updated(): void {
    const { focused } = this;
    this.focused = null;
    if (focused === null || focused.isConnected || this.shadowRoot?.activeElement) return;
    this.returnToList();
  }

  override render(): TemplateResult {
    const { shown } = this;
    const audit = shown?.audit ?? null;
    const notes = [...(audit?.notes ?? []), ...(audit?.study.notes ?? [])];
    return html`<clipsight-study-header
        .shown=${shown === null ? null : { engine: shown.engine, progress: this.progress }}
        .about=${{ study: audit?.study ?? null, notes: [...new Set(notes)] }}
        .exports=${exports}
        ?exportable=${audit !== null}
        @cancel=${() => this.attempt(this.host.cancel({}))}
        @export=${({ detail }: CustomEvent<'html' | 'json' | 'markdown'>) =>
          this.attempt(this.host.exportReport({ format: detail }))}
      ></clipsight-study-header>
      ${shown === null ? (this.refusal === null ? waiting : nothing) : this.heading(shown)}
      <div class="notices">${this.notices(shown)}</div>
      ${shown === null ? nothing : audit === null ? this.begin(shown) : this.content(shown, audit)}`;
  }

  private heading({ audit, other, scope, document, undo }: AuditState): TemplateResult {
    const busy = this.progress !== null;
    return html`<div class="title">
        <h1 tabindex="-1">Audit</h1>
        ${scope === null ? nothing : html`<span class="muted scope" dir="auto">${scope}</span>`}
        <span class="end">
          ${
            undo === null
              ? nothing
              : html`<button class="icon" title=${`Undo: ${undo} (Ctrl+Z)`} aria-label=${`Undo: ${undo}`} @click=${() => this.undo()}>
                ${icons.undo}
              </button>`
          }
          ${
            audit === null
              ? nothing
              : html`<vscode-button
                appearance="secondary"
                ?disabled=${busy}
                @click=${() => this.attempt(other === null ? this.host.compare({}) : this.host.endComparison({}))}
                >${other === null ? 'Compare With…' : 'End Comparison'}</vscode-button
              >`
          }
          <clipsight-run-menu
            .document=${document}
            ?disabled=${busy}
            @run=${({ detail }: CustomEvent<RunScope>) => this.run(detail)}
          ></clipsight-run-menu>
          ${
            audit === null
              ? nothing
              : html`<vscode-button ?disabled=${busy} @click=${() => this.run('again')}>Run Again</vscode-button>`
          }
        </span>
      </div>
      ${audit === null ? nothing : auditFacts(audit)}`;
  }

  private notices(shown: AuditState | null): TemplateResult[] {
    const logs = { label: 'Show Log', run: () => this.attempt(this.host.showLogs({})) };
    const notices = [];
    const error = shown?.error;
    if (error) {
      const retry = { label: 'Run Again', run: () => this.run('again') };
      const consent = { label: 'Use Anyway', run: () => this.attempt(this.host.acceptPoor({})) };
      const index = { label: 'Index Images', run: () => this.attempt(this.host.indexImages({})) };
      const extra = error.code === 'poor-dictionary' ? [consent] : error.code === 'library' ? [index] : [];
      notices.push(errorNotice(error, [...extra, ...(shown?.scope == null ? [] : [retry]), logs]));
    }
    if (this.refusal !== null) {
      const dismiss = {
        label: 'Dismiss',
        run: () => {
          this.refusal = null;
        },
      };
      notices.push(errorNotice(this.refusal, [dismiss]));
    }
    if (shown?.audit != null && shown.outdated !== null && this.progress === null) {
      notices.push(outdatedNotice(shown.outdated, () => this.run('again')));
    }
    if (shown?.audit?.judge === null) {
      notices.push(selfJudged(() => this.attempt(this.host.chooseJudge({}))));
    }
    return notices;
  }

  /** Nothing was audited yet. */
  private begin({ document }: AuditState): TemplateResult {
    if (this.progress !== null) return waiting;
    return html`<main class="begin">
      <p>
        Which components do prompts rely on though they do not say what these mean? The audit switches every
        component off in the indexed images of each prompt, holds what that costs against what its meaning would let one
        expect, and lists what is left and why: homonyms, parts of a phrase, written words, artefacts.
      </p>
      <div class="choices">
        ${scopeChoices(document).map(
          ({ scope, label, tooltip }, index) =>
            html`<vscode-button
              appearance=${index === 0 ? 'primary' : 'secondary'}
              title=${tooltip}
              @click=${() => this.run(scope)}
              >${label}</vscode-button
            >`,
        )}
      </div>
    </main>`;
  }

  private content(shown: AuditState, audit: ShownAudit): TemplateResult {
    const { other, comparison } = shown;
    const beside = other !== null && comparison !== null && this.view.sideBySide;
    return html`<p class="outcome" role="status">
        ${audit.findings.length === 0 && audit.pairs > 0 ? icons.check : nothing}${outcomeSentence(audit)}
      </p>
      ${other === null ? nothing : this.sides(audit, other)}
      ${
        audit.findings.length === 0 && !beside
          ? this.nothingFound(audit)
          : html`<main
            class="layout"
            @keydown=${this.onDecisionKey}
            @finding-select=${({ detail }: CustomEvent<number>) => this.select({ audit: audit.id, finding: detail })}
            @finding-enter=${({ detail }: CustomEvent<number>) => this.enter({ audit: audit.id, finding: detail })}
          >
            <div class="list">${beside ? this.comparison(audit, other, comparison) : this.findings(audit)}</div>
            ${beside ? nothing : html`<div class="plot">${this.plot(audit)}</div>`}
            <aside class="pane" aria-label="Evidence">${this.evidencePane(audit)}</aside>
          </main>`
      }
      <footer>
        ${
          audit.unexplained.length === 0
            ? nothing
            : html`<clipsight-unexplained
              .unexplained=${audit.unexplained}
              ?inspectable=${!this.unknown}
              @component-open=${({ detail }: CustomEvent<number>) => this.attempt(this.host.inspect({ component: detail }))}
            ></clipsight-unexplained>`
        }
        ${untestedSection(audit)}
        ${backgroundSection(
          audit,
          this.unknown ? null : (component) => this.attempt(this.host.inspect({ component })),
        )}
      </footer>`;
  }

  private sides(audit: ShownAudit, other: ShownAudit): TemplateResult {
    const [a, b] = studyNames(audit, other);
    const tab = (on: boolean, label: string) => html`<button
      class="plain"
      role="tab"
      aria-selected=${this.view.sideBySide === on}
      tabindex=${this.view.sideBySide === on ? 0 : -1}
      @click=${() => this.look({ sideBySide: on })}
    >
      ${label}
    </button>`;
    return html`<div class="tabs" role="tablist" aria-label="What is shown" @keydown=${this.onTabKey}>
      ${tab(true, `${a} beside ${b}`)}${tab(false, `Findings of ${a}`)}
    </div>`;
  }

  private comparison(audit: ShownAudit, other: ShownAudit, comparison: ShownComparison): TemplateResult {
    return html`<clipsight-comparison-table
      .left=${audit}
      .right=${other}
      .comparison=${comparison}
      .selected=${this.selected}
      @side-select=${({ detail }: CustomEvent<SideFinding>) => this.select(detail)}
      @side-enter=${({ detail }: CustomEvent<SideFinding>) => this.enter(detail)}
    ></clipsight-comparison-table>`;
  }

  private findings(audit: ShownAudit): TemplateResult {
    const { listed, view, selected } = this;
    return html`${filterBar({
      filter: view.filter,
      text: this.text,
      ordering: view.ordering,
      probes: audit.probes,
      prompts: audit.counts.prompts > 0,
      shown: listed.length,
      all: audit.findings.length,
      onFilter: (filter) => this.look({ filter }),
      onText: (text) => {
        this.text = text;
      },
      onOrdering: (ordering) => this.look({ ordering }),
    })}
      ${
        listed.length === 0
          ? html`<p class="hint" role="status" tabindex="-1">No finding passes the filter.</p>`
          : html`<clipsight-finding-table
            .findings=${audit.findings}
            .shown=${listed}
            .ordering=${view.ordering}
            .selected=${selected?.audit === audit.id ? selected.finding : null}
            .margin=${audit.margin}
            .summaries=${this.unknown ? null : this.summaries}
            .learned=${this.learned}
            .thumbnails=${this.thumbnails}
            ?stale=${this.progress !== null}
            @ordering-change=${({ detail }: CustomEvent<Ordering>) => this.look({ ordering: detail })}
            @components-want=${({ detail }: CustomEvent<readonly number[]>) => this.want(detail)}
          ></clipsight-finding-table>`
      }`;
  }

  private plot(audit: ShownAudit): TemplateResult {
    const { selected, listed } = this;
    return html`<h2 title="The alignment is that which excuses the component: mostly its own">Share against alignment</h2>
      <clipsight-audit-plot
        .findings=${audit.findings}
        .shown=${listed}
        .fit=${audit.fit}
        .margin=${audit.margin}
        .selected=${selected?.audit === audit.id ? selected.finding : null}
      ></clipsight-audit-plot>`;
  }

  private evidencePane(audit: ShownAudit): TemplateResult {
    const { selected } = this;
    const finding = selected === null ? null : this.finding(selected);
    if (selected === null || finding === null) {
      return html`<p class="hint">Choose a finding to see what it rests on.</p>`;
    }
    const of = selected.audit === audit.id ? audit : this.shown!.other!;
    const isOwn = of === audit;
    return html`<clipsight-evidence-pane
        .key=${keyOf(selected)}
        .finding=${finding}
        .evidence=${this.evidence.get(keyOf(selected)) ?? loading}
        .margin=${of.margin}
        .scale=${intervalScale(of.findings.map(({ interval }) => interval))}
        .summary=${isOwn && !this.unknown ? this.summaries.get(finding.component) : null}
        .thumbnails=${this.thumbnails}
        ?inspectable=${isOwn && !this.unknown}
        @decide=${({ detail }: CustomEvent<Decided>) => this.decide(selected, detail)}
        @component-open=${({ detail }: CustomEvent<number>) => this.attempt(this.host.inspect({ component: detail }))}
        @prompt-open=${() => this.attempt(this.host.openPrompt(selected))}
        @image-open=${({ detail }: CustomEvent<OpenedImage>) =>
          this.attempt(this.host.openImage({ ...selected, ...detail }))}
        @evidence-retry=${() => {
          this.evidence = new Map([...this.evidence].filter(([key]) => key !== keyOf(selected)));
        }}
        @evidence-leave=${() => this.returnToList()}
      ></clipsight-evidence-pane>`;
  }

  private nothingFound(audit: ShownAudit): TemplateResult {
    const { counts, margin, level, pairs } = audit;
    return html`<main class="good">
      ${
        pairs === 0
          ? html`<p>
            Nothing could be tested: a prompt needs at least 10 indexed images, and components that are active on them.
          </p>`
          : html`<p>
            ${subjectsText(counts)} (${counts.tested} of them tested) ${counts.prompts + counts.classes === 1 ? 'was' : 'were'}
            looked at. No component that is a homonym, a part of a phrase, a written word or an artefact by its test gets
            more than ${percent(margin)} above what components of its alignment usually get, with at most
            ${percent(level)} of findings false in expectation. That is good news; it says nothing of prompts that were
            not tested, nor of what no image of the library shows.
          </p>`
      }
      ${
        pairs === 0
          ? nothing
          : html`<clipsight-audit-plot .findings=${[]} .shown=${[]} .fit=${audit.fit} .margin=${margin}></clipsight-audit-plot>`
      }
    </main>`;
  }

  private arrange(): void {
    const audit = this.shown?.audit;
    if (audit == null) {
      this.listed = [];
      return;
    }
    const before = this.listed;
    const { filter, ordering } = this.view;
    const sets = ['any', 'prompts', ...audit.probes.map((probe) => `probe ${probe}`)];
    // A probe of an earlier run is no reason to list nothing.
    const set = sets.includes(filter.set) ? filter.set : 'any';
    this.listed = arrange(audit.findings, { ...filter, set }, this.text, ordering);
    const { selected, listed } = this;
    if (selected !== null && selected.audit !== audit.id) return;
    if (selected !== null && listed.includes(selected.finding)) return;
    // What was decided on may have left the list: the choice goes to what took its place.
    const at = selected === null ? 0 : Math.max(0, before.indexOf(selected.finding));
    const finding = listed[Math.min(at, listed.length - 1)];
    this.selected = finding === undefined ? null : { audit: audit.id, finding };
  }

  private want(components: readonly number[]): void {
    this.wanted = components;
    this.summaries.want(this.withSelected());
  }

  private withSelected(): number[] {
    const own = this.selected !== null && this.selected.audit === this.shown?.audit?.id;
    const finding = own ? this.finding(this.selected!) : null;
    return [...new Set([...this.wanted, ...(finding === null ? [] : [finding.component])])];
  }

  /** Asks for the evidence of what is chosen, once. */
  private ask(): void {
    clearTimeout(this.asking);
    const { selected } = this;
    if (selected === null || this.evidence.has(keyOf(selected))) return;
    this.asking = setTimeout(async () => {
      this.summaries.want(this.withSelected());
      this.keep(selected, loading);
      try {
        this.keep(selected, { kind: 'there', evidence: await this.host.evidence(selected) });
      } catch (thrown) {
        this.keep(selected, { kind: 'failed', error: toErrorInfo(thrown) });
      }
    }, patience);
  }

  /** An answer about a run that is no longer shown is dropped. */
  private keep(of: SideFinding, evidence: EvidenceState): void {
    if (this.finding(of) === null) return;
    this.evidence = new Map(this.evidence).set(keyOf(of), evidence);
  }

  private finding({ audit, finding }: SideFinding, shown = this.shown): ShownFinding | null {
    const of = [shown?.audit, shown?.other].find((candidate) => candidate?.id === audit);
    return of?.findings[finding] ?? null;
  }

  private select(finding: SideFinding): void {
    this.selected = finding;
  }

  private async enter(finding: SideFinding): Promise<void> {
    this.selected = finding;
    await this.updateComplete;
    await this.pane?.updateComplete;
    this.pane?.enter();
  }

  /** Gives the focus back to what lists the findings, or to what is said in its place. */
  private returnToList(): void {
    if (this.table) void this.table.focusRow();
    else if (this.sideTable) this.sideTable.focusSelected();
    else {
      const at = (what: string) => this.renderRoot.querySelector<HTMLElement>(what);
      (at('.hint[tabindex]') ?? at('h1'))?.focus();
    }
  }

  private decide(of: SideFinding, { verdict, note }: Decided): void {
    this.attempt(this.host.decide({ ...of, verdict, note: verdict === null ? null : note }));
  }

  private run(scope: RunScope): void {
    this.attempt(this.host.run({ scope }));
  }

  private undo(): void {
    if (this.shown?.undo != null) this.attempt(this.host.undo({}));
  }

  private look(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
  }

  private attempt(answer: Promise<unknown>): void {
    this.refusal = null;
    answer.catch((thrown) => {
      this.refusal = toErrorInfo(thrown);
    });
  }

  /** One tab is in the order of Tab, and the arrow keys change to the other. */
  private async onTabKey(event: KeyboardEvent): Promise<void> {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    this.look({ sideBySide: !this.view.sideBySide });
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
  }

  /** Letters decide where nothing is typed: in the table, the plot and the evidence. */
  private onDecisionKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTyping(event)) return;
    const verdict = decisionKeys[event.key.toLowerCase()];
    const { selected } = this;
    if (verdict === undefined || selected === null) return;
    const finding = this.finding(selected);
    if (finding === null || (verdict === null && finding.decision === null)) return;
    event.preventDefault();
    this.decide(selected, { verdict, note: this.pane?.note ?? null });
  }

  /** Undo of decisions; inside a text field it is the field's own. */
  private readonly onKey = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.key.toLowerCase() !== 'z' || isTyping(event)) return;
    this.undo();
    event.preventDefault();
  };
}

/** The same prompt and component in another run, so that running again keeps what is looked at. */
function sameFinding(of: ShownFinding, audit: ShownAudit | null): SideFinding | null {
  const finding =
    audit?.findings.findIndex(
      ({ prompt, probe, component }) =>
        prompt === of.prompt && probe === of.probe && component === of.component,
    ) ?? -1;
  return audit === null || finding < 0 ? null : { audit: audit.id, finding };
}

/** A list that is open or has the focus takes letters, too. */
function isTyping(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some(
      (target) =>
        target instanceof HTMLInputElement ||
        target instanceof HTMLTextAreaElement ||
        (target instanceof HTMLElement && target.localName === 'vscode-dropdown'),
    );
}

function keyOf({ audit, finding }: SideFinding): string {
  return `${audit}/${finding}`;
}

const waiting = html`<div class="waiting" role="status" aria-label="Auditing">
  ${Array.from({ length: 8 }, () => html`<div class="skeleton"></div>`)}
</div>`;
