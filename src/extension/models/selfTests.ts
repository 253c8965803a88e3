import { hasCode, toErrorInfo } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { StudyInfo, StudyRequest } from '../../shared/study';
import { parseReference } from './reference';
import type { SelfTestState } from './selfTestRow';

/** What was found of how well dictionaries reconstruct their models, by study. */
export class SelfTests {
  private readonly known = new Map<string, SelfTestState>();

  constructor(
    private readonly openStudy: (request: StudyRequest, options: CallOptions) => Promise<StudyInfo>,
    private readonly changed: () => void,
  ) {}

  find(request: StudyRequest): SelfTestState {
    return this.known.get(keyOf(request)) ?? { kind: 'unknown' };
  }

  /** A study was opened somewhere: what it found is known now. */
  report(request: StudyRequest, { selfTest }: StudyInfo): void {
    // Only the model's own units need no test: any other dictionary without one was not tested.
    if (selfTest === null && parseReference(request.dictionary).kind !== 'own') return;
    const before = this.find(request);
    if (before.kind === 'done' && JSON.stringify(before.test) === JSON.stringify(selfTest)) return;
    this.set(request, { kind: 'done', test: selfTest });
  }

  /** Tests the dictionary of a study. Cancelled, it leaves what was known before. */
  async run(request: StudyRequest, options: CallOptions = {}): Promise<void> {
    const before = this.find(request);
    this.set(request, { kind: 'running' });
    try {
      const info = await this.measure(request, options);
      this.set(request, { kind: 'unknown' });
      this.report(request, info);
    } catch (thrown) {
      const error = toErrorInfo(thrown);
      this.set(request, error.code === 'cancelled' ? before : { kind: 'failed', error });
    }
  }

  clear(): void {
    for (const [key, { kind }] of this.known) if (kind !== 'running') this.known.delete(key);
  }

  /** Measuring is no use of a dictionary: a poor one is measured without consent, too. */
  private async measure(request: StudyRequest, options: CallOptions): Promise<StudyInfo> {
    try {
      return await this.openStudy(request, options);
    } catch (thrown) {
      if (hasCode(thrown, 'poor-dictionary'))
        return this.openStudy({ ...request, acceptPoor: true }, options);
      throw thrown;
    }
  }

  private set(request: StudyRequest, state: SelfTestState): void {
    this.known.set(keyOf(request), state);
    this.changed();
  }
}

function keyOf({ model, dictionary, layer, tokens }: StudyRequest): string {
  return JSON.stringify([model, dictionary, layer, tokens]);
}
