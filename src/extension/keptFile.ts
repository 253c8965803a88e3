/** A file as text. */
export interface TextFile {
  /** As errors name it. */
  readonly name: string;
  /** Null where there is none. */
  read(): Promise<string | null>;
  /** Puts it in place whole. */
  write(text: string): Promise<void>;
}

/** How a file says what it holds. */
export interface FileFormat<Content> {
  /** What is held where there is no file. */
  readonly empty: Content;
  /** @throws ClipsightError 'configuration' where the file, which errors call `name`, is not as it should be */
  parse(text: string, name: string): Content;
  format(content: Content): string;
}

/** What a file of a workspace folder holds. It is read whenever it is asked for: others write it, too. */
export class KeptFile<Content> {
  private changing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly file: TextFile,
    private readonly format: FileFormat<Content>,
  ) {}

  /** @throws ClipsightError 'configuration' where the file is not as it should be */
  async all(): Promise<Content> {
    const text = await this.file.read();
    return text === null ? this.format.empty : this.format.parse(text, this.file.name);
  }

  /**
   * Changes what is there by then, one change after the other. A file that cannot be understood is never written over.
   *
   * @throws ClipsightError 'configuration' as `all`, and whatever the file system does
   */
  change(change: (content: Content) => Content): Promise<void> {
    const changed = this.changing.then(async () => {
      const before = await this.all();
      const after = change(before);
      const text = this.format.format(after);
      if (text === this.format.format(before)) return;
      await this.file.write(text);
    });
    this.changing = changed.catch(() => undefined);
    return changed;
  }
}
