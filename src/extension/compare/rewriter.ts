import * as vscode from 'vscode';
import { ClipsightError } from '../../shared/errors';
import type { FoundDocuments, FoundIn } from '../prompts/editorPrompts';
import { demandRead, planRewrite, planUndo, type Replacement, type Rewording, type Written } from './rewrite';

/** A write, and the document it was made in. */
export interface WrittenIn extends Written {
  readonly uri: string;
}

/** Writes prompts into open documents, where the finder finds them at that moment. Documents are left unsaved. */
export class Rewriter {
  constructor(private readonly found: Pick<FoundDocuments, 'find'>) {}

  /** @throws ClipsightError 'prompt' with nothing written */
  async write(uri: string, rewording: Rewording): Promise<WrittenIn> {
    const { document, found } = await this.look(uri, rewording.file);
    const replacement = planRewrite(rewording, found, document.getText());
    await replace(document, replacement, rewording.file);
    const written = { uri, rewording, replacement };
    const { version } = document;
    const now = await this.look(uri, rewording.file);
    try {
      demandRead(rewording, now.found);
    } catch (thrown) {
      // What the person typed meanwhile is theirs: then what was written stays, too.
      if (document.version === version) {
        await replace(document, planUndo(written, now.found, document.getText()), rewording.file);
      }
      throw thrown;
    }
    return written;
  }

  /** @throws ClipsightError 'prompt' where the file no longer has what was written */
  async undo(written: WrittenIn): Promise<void> {
    const { file } = written.rewording;
    const { document, found } = await this.look(written.uri, file);
    await replace(document, planUndo(written, found, document.getText()), file);
  }

  /** What the present version of a document has. */
  private async look(uri: string, file: string): Promise<FoundIn> {
    const document = await openDocument(uri, file);
    // Once more where it was typed in while it was looked into.
    for (let attempt = 0; attempt < 3; attempt++) {
      const found = await this.found.find(document);
      if (found === null) {
        throw new ClipsightError(
          'prompt',
          `No prompts are looked for in ${file} now.`,
          'Open it in the editor.',
        );
      }
      if (found.version === document.version) return found;
    }
    throw new ClipsightError('prompt', `${file} is being changed.`, 'Try again.');
  }
}

/** @throws ClipsightError 'prompt' where it is gone, or a cell of a notebook that is closed */
async function openDocument(uri: string, file: string): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  } catch {
    throw new ClipsightError(
      'prompt',
      `${file} cannot be opened: nothing was written.`,
      'Open it in the editor.',
    );
  }
}

/** @throws ClipsightError 'prompt' where the file is read-only, or the editor refuses */
async function replace(
  document: vscode.TextDocument,
  { start, end, after }: Replacement,
  file: string,
): Promise<void> {
  const refused = new ClipsightError('prompt', `${file} cannot be written.`, 'See whether it is read-only.');
  // The editor takes edits of such files, too, and then cannot save them.
  if (await isReadOnly(document.uri)) throw refused;
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  edit.replace(document.uri, range, after);
  if (await vscode.workspace.applyEdit(edit)) return;
  throw refused;
}

async function isReadOnly(uri: vscode.Uri): Promise<boolean> {
  try {
    const { permissions = 0 } = await vscode.workspace.fs.stat(uri);
    return (permissions & vscode.FilePermission.Readonly) !== 0;
  } catch {
    // Untitled, or a cell of a notebook.
    return false;
  }
}
