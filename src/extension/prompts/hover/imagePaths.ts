import * as vscode from 'vscode';
import type { FoundImage } from '../../../shared/foundPrompts';
import { isImageName } from '../../images/imageFiles';
import type { FoundDocuments, FoundIn } from '../editorPrompts';

/** Links are made of so many paths of a file at most: each is looked for on disk. */
const mostLinks = 500;

/**
 * Where the path of an image in a file may lead to, the likeliest first: beside the file, then the folders of the
 * workspace. None where it leads to another machine: only to look for it would tell that one who looks.
 */
export function candidates(
  path: string,
  folders: readonly vscode.Uri[],
  isTrusted: boolean,
): readonly vscode.Uri[] {
  if (!isImageName(path) || path.includes('\0')) return [];
  if (/^file:/i.test(path)) return isTrusted ? fileUri(path) : [];
  if (/^[\\/]{2}/.test(path)) return [];
  if (/^([\\/]|[a-z]:[\\/])/i.test(path)) return isTrusted ? [vscode.Uri.file(path)] : [];
  const written = [...new Set([path, path.replaceAll('\\', '/')])];
  return folders
    .flatMap((folder) => written.map((one) => ({ folder, uri: vscode.Uri.joinPath(folder, one) })))
    .filter(({ folder, uri }) => isTrusted || isWithin(folder, uri))
    .map(({ uri }) => uri);
}

function fileUri(text: string): readonly vscode.Uri[] {
  try {
    const uri = vscode.Uri.parse(text, true);
    return uri.scheme === 'file' && uri.authority === '' && !uri.path.startsWith('//') ? [uri] : [];
  } catch {
    return [];
  }
}

function isWithin(folder: vscode.Uri, uri: vscode.Uri): boolean {
  return uri.path.startsWith(folder.path.endsWith('/') ? folder.path : `${folder.path}/`);
}

/** The file that a path in a document names; null where there is none. */
export async function imageUri({ path }: FoundImage, found: FoundIn): Promise<vscode.Uri | null> {
  for (const uri of candidates(path, foldersOf(found), vscode.workspace.isTrusted)) {
    try {
      const { type } = await vscode.workspace.fs.stat(uri);
      if ((type & vscode.FileType.File) !== 0) return uri;
    } catch {
      // It is not there.
    }
  }
  return null;
}

/** Where paths of a document are looked for. */
function foldersOf({ document, notebook }: FoundIn): readonly vscode.Uri[] {
  const { uri } = notebook ?? document;
  const beside = uri.scheme === 'untitled' ? [] : [vscode.Uri.joinPath(uri, '..')];
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri);
  return [...new Map([...beside, ...folders].map((folder) => [folder.toString(), folder])).values()];
}

/** Paths of images that exist are links to them. */
export class ImageLinks implements vscode.DocumentLinkProvider {
  constructor(private readonly documents: Pick<FoundDocuments, 'find'>) {}

  async provideDocumentLinks(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentLink[]> {
    const found = await this.documents.find(document);
    if (found === null) return [];
    const links: vscode.DocumentLink[] = [];
    for (const image of found.found.images.slice(0, mostLinks)) {
      const uri = await imageUri(image, found);
      if (token.isCancellationRequested || found.version !== document.version) return [];
      if (uri === null) continue;
      const range = new vscode.Range(document.positionAt(image.start), document.positionAt(image.end));
      links.push(new vscode.DocumentLink(range, uri));
    }
    return links;
  }
}
