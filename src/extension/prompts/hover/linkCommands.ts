import * as vscode from 'vscode';
import type * as z from 'zod';
import { ClipsightError } from '../../../shared/errors';
import { isImageName } from '../../images/imageFiles';
import { ImageArgument, OpenAttribution, OpenComponent } from './linkedCommands';

export interface LinkServices {
  readonly openPanel: (images: readonly vscode.Uri[], prompts: readonly string[]) => void;
  readonly inspect: (component: number) => Promise<void>;
  /** Asks for prompts, and opens a panel. */
  readonly attribute: (image: vscode.Uri) => Promise<void>;
}

/** What the commands `clipsight.<name>` that only links of hovers call do. They are in no menu, and in no palette. */
export function linkCommands(
  services: LinkServices,
): Readonly<Record<string, (argument?: unknown) => Promise<void>>> {
  return {
    openAttribution: async (argument) => {
      const { images, prompts } = checked(OpenAttribution, argument);
      services.openPanel(images.map(imageOf), prompts);
    },
    openComponent: (argument) => services.inspect(checked(OpenComponent, argument).component),
    openImage: async (argument) => {
      await vscode.commands.executeCommand('vscode.open', imageOf(checked(ImageArgument, argument).uri));
    },
    attributeImage: (argument) => services.attribute(imageOf(checked(ImageArgument, argument).uri)),
  };
}

/** @throws ClipsightError 'protocol' */
function checked<Schema extends z.ZodType>(schema: Schema, argument: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(argument);
  if (parsed.success) return parsed.data;
  throw new ClipsightError('protocol', 'A link asks for something that it cannot ask for.');
}

/** An image in a file system that the editor reads: no address of a page. @throws ClipsightError 'image' */
function imageOf(text: string): vscode.Uri {
  const uri = vscode.Uri.parse(text, true);
  // In a browser the editor has a file system for pages, too.
  const isPage = /^https?$/i.test(uri.scheme);
  const isFile = !isPage && vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== undefined;
  if (isFile && isImageName(uri.path)) return uri;
  throw new ClipsightError('image', `${text} is not an image that Clipsight reads.`);
}
