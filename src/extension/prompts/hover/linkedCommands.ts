import * as z from 'zod';

/** What hovers link to. What arrives from a link is checked: anybody may write one. */
export const hoverCommands = {
  openAttribution: 'clipsight.openAttribution',
  openComponent: 'clipsight.openComponent',
  openImage: 'clipsight.openImage',
  attributeImage: 'clipsight.attributeImage',
  pinImage: 'clipsight.pinImage',
  choosePinned: 'clipsight.choosePinnedImage',
  comparePrompts: 'clipsight.comparePrompts',
  showLogs: 'clipsight.showLogs',
} as const;

const ImageUri = z.string().min(1).max(4096);

export const OpenAttribution = z.strictObject({
  images: z.array(ImageUri).min(1).max(1000),
  prompts: z.array(z.string().max(2000)).min(1).max(1000),
});
export type OpenAttribution = z.infer<typeof OpenAttribution>;

export const OpenComponent = z.strictObject({ component: z.int().nonnegative() });
export type OpenComponent = z.infer<typeof OpenComponent>;

export const ImageArgument = z.strictObject({ uri: ImageUri });
export type ImageArgument = z.infer<typeof ImageArgument>;
