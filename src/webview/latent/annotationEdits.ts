import type { Annotation } from '../../shared/library';

export type AnnotationChange = Partial<Annotation>;

interface Edit {
  readonly component: number;
  readonly before: AnnotationChange;
  readonly after: AnnotationChange;
}

interface Draft {
  readonly component: number;
  readonly before: AnnotationChange;
  readonly change: AnnotationChange;
  readonly answered: boolean;
}

/**
 * What a person writes about components, ahead of the host: a change is shown at once and sent at once, and holds
 * until the host refused it, or took it and shows something else than before. Every change can be taken back, in order, also when
 * another component is shown by then.
 */
export class AnnotationEdits {
  private past: readonly Edit[] = [];
  private future: readonly Edit[] = [];
  private drafts: readonly Draft[] = [];

  constructor(
    private readonly send: (component: number, change: AnnotationChange) => Promise<void>,
    private readonly onChange: () => void,
  ) {}

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** What the host knows, with what it has yet to hear of. */
  shown(component: number, known: Annotation): Annotation {
    const changes = this.drafts.filter((draft) => draft.component === component).map(({ change }) => change);
    return Object.assign({ ...known }, ...changes);
  }

  /** What the host says of a component, as of its newest state. */
  hostShows(component: number, known: Annotation): void {
    this.drafts = this.drafts.filter(
      (draft) =>
        draft.component !== component ||
        !draft.answered ||
        fieldsOf(draft.before).every((field) => known[field] === draft.before[field]),
    );
  }

  /** `known` is what is shown of the component now. Nothing happens where nothing changes. */
  edit(component: number, known: Annotation, change: AnnotationChange): void {
    const fields = fieldsOf(change).filter((key) => change[key] !== known[key]);
    if (fields.length === 0) return;
    const edit = { component, before: picked(known, fields), after: picked(change, fields) };
    this.past = [...this.past, edit];
    this.future = [];
    void this.deliver(edit, 'after');
  }

  /** The component whose change was taken back; null if there is nothing to take back. */
  undo(): number | null {
    const edit = this.past.at(-1);
    if (edit === undefined) return null;
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, edit];
    void this.deliver(edit, 'before');
    return edit.component;
  }

  redo(): number | null {
    const edit = this.future.at(-1);
    if (edit === undefined) return null;
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, edit];
    void this.deliver(edit, 'after');
    return edit.component;
  }

  /** Components are numbered per study: in another one all of this means nothing. */
  clear(): void {
    this.past = [];
    this.future = [];
    this.drafts = [];
  }

  private async deliver(edit: Edit, side: 'before' | 'after'): Promise<void> {
    const before = side === 'after' ? edit.before : edit.after;
    const draft: Draft = { component: edit.component, before, change: edit[side], answered: false };
    this.drafts = [...this.drafts, draft];
    this.onChange();
    try {
      await this.send(draft.component, draft.change);
      this.drafts = this.drafts.map((other) => (other === draft ? { ...draft, answered: true } : other));
    } catch {
      // It did not happen, so there is nothing to take back; who is told of a refusal is `send`'s business.
      this.past = this.past.filter((other) => other !== edit);
      this.future = this.future.filter((other) => other !== edit);
      this.drafts = this.drafts.filter((other) => other !== draft);
    }
    this.onChange();
  }
}

function fieldsOf(change: AnnotationChange): (keyof Annotation)[] {
  return Object.keys(change) as (keyof Annotation)[];
}

function picked(source: AnnotationChange, fields: readonly (keyof Annotation)[]): AnnotationChange {
  return Object.fromEntries(fields.map((field) => [field, source[field]]));
}
