import * as z from 'zod';

/** An image as a person points at it: a file, or bytes where the file system is a virtual one. */
export const ImageSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1) }),
  z.strictObject({ kind: z.literal('bytes'), name: z.string(), bytes: z.instanceof(Uint8Array) }),
]);
export type ImageSource = z.infer<typeof ImageSource>;

export function imageName(image: ImageSource): string {
  switch (image.kind) {
    case 'file':
      return image.path;
    case 'bytes':
      return image.name;
  }
}

/** A rectangle in pixels of the original picture; not whole where the resized crop does not fall on pixels. */
export const Rectangle = z.strictObject({
  left: z.number(),
  top: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
});
export type Rectangle = z.infer<typeof Rectangle>;
