import * as vscode from 'vscode';
import type { AuditSubject } from '../../shared/audit';
import type { EngineProtocol } from '../../shared/engineProtocol';
import type { LibraryRequest } from '../../shared/library';
import type { CallOptions, Remote } from '../../shared/rpc/protocol';
import { imageExtensions } from '../images/imageFiles';
import { imageRoots } from '../library/imageRoots';

/** Some of the images that a subject was audited over, evenly spread: absolute paths. */
export async function subjectImages(
  { images, direction }: Pick<AuditSubject, 'images' | 'direction'>,
  most: number,
  engine: Pick<Remote<EngineProtocol>, 'matchImages'>,
  request: LibraryRequest,
  options: CallOptions,
): Promise<readonly string[]> {
  switch (images.kind) {
    case 'files':
      return spread(images.paths, most);
    case 'folders': {
      const lists = await Promise.all(images.folders.map(filesOf));
      return spread(lists.flat().sort(), most);
    }
    case 'matches': {
      const { directions } = await engine.matchImages(
        { ...request, directions: [direction], most: Math.min(most, images.most, 100) },
        options,
      );
      return (directions[0]?.best ?? []).map(({ path }) => path);
    }
  }
}

/** The images right in a class folder, in whatever root has it. */
async function filesOf(folder: string): Promise<readonly string[]> {
  // No character of a name is to mean anything in a glob.
  const within = folder === '.' ? '' : `${folder.replace(/[*?[\]{}!]/g, '?')}/`;
  const glob = `${within}*.{${imageExtensions.join(',')}}`;
  const found = await Promise.all(
    imageRoots().roots.map(({ folder: root }) =>
      vscode.workspace.findFiles(new vscode.RelativePattern(vscode.Uri.file(root), glob)),
    ),
  );
  return found.flat().map(({ fsPath }) => fsPath);
}

/** At most so many of a list, from all of it, in its order. */
export function spread<Value>(values: readonly Value[], most: number): readonly Value[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, i) => values[Math.floor((i * values.length) / most)]!);
}
