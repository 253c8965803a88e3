/** More files than this are found sooner by looking at all. */
const mostFiles = 1000;

/** Changes of files, gathered until they are taken. */
export class Changes {
  private files = new Set<string>();
  private isAll = false;

  /** Some files, or all of them where they are left out. */
  add(files?: readonly string[]): void {
    if (files === undefined) this.folder();
    else for (const path of files) this.file(path);
  }

  file(path: string): void {
    this.files.add(path);
  }

  /** A folder came or went, with files that nobody names. */
  folder(): void {
    this.isAll = true;
  }

  /** The files that changed since this was called last; `all` where they cannot be named. */
  take(): readonly string[] | 'all' {
    const taken = this.isAll || this.files.size > mostFiles ? 'all' : [...this.files].sort();
    this.files = new Set();
    this.isAll = false;
    return taken;
  }
}
