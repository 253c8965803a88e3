import * as vscode from 'vscode';
import type { EngineProtocol } from '../../../shared/engineProtocol';
import type { Remote } from '../../../shared/rpc/protocol';
import { imageLabel, imageSource } from '../../images/imageSource';
import type { FoundDocuments, PinnedSet } from '../editorPrompts';
import { hoverOf } from './hover';
import type { Part } from './hoverContent';
import { imageHoverMarkdown, type ShownImage } from './imageMarkdown';
import { imageUri } from './imagePaths';
import { KeptAnswers } from './keptAnswers';
import { watched, within } from './watched';

type Picture = NonNullable<ShownImage['picture']>;

const patience = 1500;
/** The longer side of pictures in pixels; and of those that would be too large a hover. */
const [pictureSize, smallPictureSize] = [256, 96];
const longestPicture = 50_000;

export interface ImageHoverServices {
  readonly documents: Pick<FoundDocuments, 'known'>;
  readonly pinned: Pick<PinnedSet, 'images'>;
  readonly engine: () => Remote<EngineProtocol>;
}

/** Over the path of an image: the image, and what can be done with it. */
export class ImageHover implements vscode.HoverProvider {
  private readonly pictures = new KeptAnswers<Picture>(30);

  constructor(private readonly services: ImageHoverServices) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | null> {
    const { documents, pinned } = this.services;
    const found = documents.known(document);
    const offset = document.offsetAt(position);
    const image = found?.found.images.find(({ start, end }) => start <= offset && offset <= end);
    if (found === null || image === undefined) return null;
    const uri = await imageUri(image, found);
    if (uri === null || token.isCancellationRequested) return null;
    const { mtime, size } = await vscode.workspace.fs.stat(uri);
    const leaving = new AbortController();
    const listener = token.onCancellationRequested(() => leaving.abort());
    const picture = watched(
      this.pictures.of(`${uri} ${mtime} ${size}`, leaving.signal, (own) => this.picture(uri, own)),
    );
    await within(patience, [picture.ended]);
    listener.dispose();
    if (token.isCancellationRequested) return null;
    const range = new vscode.Range(document.positionAt(image.start), document.positionAt(image.end));
    const isPinned = pinned.images.some((other) => other.toString() === uri.toString());
    const shown = { uri: uri.toString(), name: imageLabel(uri), size, isPinned, ...drawn(picture.now()) };
    return hoverOf(imageHoverMarkdown(shown), range);
  }

  private async picture(uri: vscode.Uri, signal: AbortSignal): Promise<Picture> {
    const image = await imageSource(uri);
    const preview = async (size: number): Promise<Picture> => {
      const { bytes, mime, width, height } = await this.services
        .engine()
        .preview({ image, size }, { signal });
      return { uri: `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`, width, height };
    };
    const picture = await preview(pictureSize);
    return picture.uri.length > longestPicture ? preview(smallPictureSize) : picture;
  }
}

function drawn(part: Part<Picture>): Pick<ShownImage, 'picture' | 'error'> {
  switch (part.kind) {
    case 'known':
      return { picture: part.value, error: null };
    case 'failed':
      return { picture: null, error: part.error };
    case 'pending':
    case 'none':
      return { picture: null, error: null };
  }
}
