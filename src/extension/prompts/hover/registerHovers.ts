import * as vscode from 'vscode';
import { ImageHover, type ImageHoverServices } from './imageHover';
import { ImageLinks } from './imagePaths';
import { PromptHover, type PromptHoverServices } from './promptHover';
import { PromptReasons, type ReasonServices } from './promptReasons';

export interface HoverServices
  extends Omit<PromptHoverServices, 'reasons'>,
    Omit<ImageHoverServices, 'documents' | 'pinned'> {
  readonly library: ReasonServices['library'] & { readonly onChange: vscode.Event<void> };
  readonly summaries: ReasonServices['summaries'];
}

/**
 * Hovers over prompts and images, and links to the images, in every document: which languages prompts are looked for in
 * the documents say themselves.
 */
export function registerHovers(services: HoverServices): vscode.Disposable {
  const { documents, pinned, engine, library } = services;
  const reasons = new PromptReasons({ ...services, label: (path) => vscode.workspace.asRelativePath(path) });
  const everywhere = '*';
  return vscode.Disposable.from(
    library.onChange(() => reasons.forgetLibrary()),
    vscode.languages.registerHoverProvider(everywhere, new PromptHover({ ...services, reasons })),
    vscode.languages.registerHoverProvider(everywhere, new ImageHover({ documents, pinned, engine })),
    vscode.languages.registerDocumentLinkProvider(everywhere, new ImageLinks(documents)),
  );
}
