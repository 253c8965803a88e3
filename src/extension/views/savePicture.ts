import * as vscode from 'vscode';
import { fileStem } from './fileStem';
import { saveFile } from './saveFile';

/** A picture that a page drew. */
export interface DrawnPicture {
  /** What the page would call the file. */
  readonly name: string;
  readonly format: 'png' | 'svg';
  readonly bytes: Uint8Array;
}

/**
 * Writes a picture into a file that the person chooses.
 *
 * @throws whatever the file system does
 */
export async function savePicture(
  { name, format, bytes }: DrawnPicture,
  storage: vscode.Memento,
): Promise<void> {
  await saveFile(
    { title: vscode.l10n.t('Save picture'), name: fileStem(name, 'map'), extension: format, bytes },
    storage,
  );
}
