import type { Memento } from 'vscode';
import * as z from 'zod';
import type { StudyRequest } from '../../shared/study';

const Pair = z.object({ model: z.string(), dictionary: z.string() });
const Stored = z.array(Pair);

/** A model and a dictionary, as the engine is asked for them. */
export type StudyPair = Pick<StudyRequest, 'model' | 'dictionary'>;

/** The dictionaries that the person said to use though they reconstruct their model badly. */
export class AcceptedPoor {
  private static readonly key = 'clipsight.acceptedPoor';

  constructor(private readonly storage: Memento) {}

  has(pair: StudyPair): boolean {
    return this.read().some((other) => same(pair, other));
  }

  /** The models that a dictionary is used with nevertheless. */
  modelsOf(dictionary: string): readonly string[] {
    return this.read()
      .filter((pair) => pair.dictionary === dictionary)
      .map(({ model }) => model);
  }

  async accept({ model, dictionary }: StudyPair): Promise<void> {
    if (!this.has({ model, dictionary })) await this.write([...this.read(), { model, dictionary }]);
  }

  async forget(dictionary: string): Promise<void> {
    await this.write(this.read().filter((pair) => pair.dictionary !== dictionary));
  }

  private async write(pairs: readonly StudyPair[]): Promise<void> {
    await this.storage.update(AcceptedPoor.key, pairs);
  }

  private read(): readonly StudyPair[] {
    const stored = Stored.safeParse(this.storage.get(AcceptedPoor.key) ?? []);
    return stored.success ? stored.data : [];
  }
}

function same(a: StudyPair, b: StudyPair): boolean {
  return a.model === b.model && a.dictionary === b.dictionary;
}
