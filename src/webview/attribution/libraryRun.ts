import type * as z from 'zod';
import { type ErrorInfo, toErrorInfo } from '../../shared/errors';
import type { Intervention } from '../../shared/intervention';
import type { panelHostProtocol } from '../../shared/panelProtocol';
import type { CallOptions, Progress } from '../../shared/rpc/protocol';

export type LibraryEffect = z.output<(typeof panelHostProtocol)['applyIntervention']['result']>;

/** An intervention on the library, and what has become of it. */
export type LibraryRunState = { readonly intervention: Intervention } & (
  | { readonly kind: 'running'; readonly progress: Progress | null }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  | { readonly kind: 'done'; readonly effect: LibraryEffect }
);

/** One at a time: another one cancels the one under way. */
export class LibraryRun {
  private current: LibraryRunState | null = null;
  private controller = new AbortController();

  constructor(
    private readonly apply: (intervention: Intervention, options: CallOptions) => Promise<LibraryEffect>,
    private readonly onChange: () => void,
  ) {}

  get state(): LibraryRunState | null {
    return this.current;
  }

  async start(intervention: Intervention): Promise<void> {
    this.controller.abort();
    const controller = new AbortController();
    this.controller = controller;
    const show = (state: LibraryRunState) => {
      if (this.controller !== controller || controller.signal.aborted) return;
      this.current = state;
      this.onChange();
    };
    show({ intervention, kind: 'running', progress: null });
    const onProgress = (progress: Progress) => show({ intervention, kind: 'running', progress });
    try {
      const effect = await this.apply(intervention, { signal: controller.signal, onProgress });
      show({ intervention, kind: 'done', effect });
    } catch (thrown) {
      show({ intervention, kind: 'failed', error: toErrorInfo(thrown) });
    }
  }

  /** Cancels what is under way, and shows nothing more of it. */
  close(): void {
    this.controller.abort();
    if (this.current === null) return;
    this.current = null;
    this.onChange();
  }
}
