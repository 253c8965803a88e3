import type { NamedIntervention } from '../../shared/intervention';
import { formatInterventionFile, parseInterventionFile } from '../../shared/interventionFile';

/** A file as text. */
export interface TextFile {
  /** As errors name it. */
  readonly name: string;
  /** Null where there is none. */
  read(): Promise<string | null>;
  /** Puts it in place whole. */
  write(text: string): Promise<void>;
}

type Interventions = readonly NamedIntervention[];

/** The named interventions of a workspace folder, those of all studies. They are read whenever they are asked for. */
export class KeptInterventions {
  private changing: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: TextFile) {}

  /** @throws ClipsightError 'configuration' where the file is not as it should be */
  async all(): Promise<Interventions> {
    const text = await this.file.read();
    return text === null ? [] : parseInterventionFile(text, this.file.name);
  }

  /**
   * Changes what is there by then, one change after the other. A file that cannot be understood is never written over.
   *
   * @throws ClipsightError 'configuration' as `all`, and whatever the file system does
   */
  change(change: (interventions: Interventions) => Interventions): Promise<void> {
    const changed = this.changing.then(async () => {
      const before = await this.all();
      const after = change(before);
      if (formatInterventionFile(after) === formatInterventionFile(before)) return;
      await this.file.write(formatInterventionFile(after));
    });
    this.changing = changed.catch(() => undefined);
    return changed;
  }
}
