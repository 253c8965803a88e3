/** What text files are lists of prompts, where nothing else is said: the default of `clipsight.prompts.files`. */
export const promptGlobs = [
  '**/{prompts,captions,labels,classes,classnames,templates}.txt',
  '**/*_{prompts,captions,labels,classes,classnames,templates}.txt',
] as const;
