/** Longer texts are no prompts, in UTF-16 code units. */
const longest = 2000;

/** Whether a text may be a prompt at all: it says something, and is no address or path. */
export function mayBePrompt(text: string): boolean {
  return (
    text.length <= longest &&
    /\p{L}/u.test(text) &&
    !/^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text) &&
    (/\s/.test(text) || !(/[\\/]/.test(text) || /\.[a-z0-9]{1,5}$/i.test(text)))
  );
}

/** Whether a text is the path of an image. */
export function isImagePath(text: string): boolean {
  return (
    /[^\\/]\.(png|jpe?g|webp|gif|tiff?)$/i.test(text) &&
    !/[\r\n]/.test(text) &&
    !/^(?!file:)[a-z][a-z0-9+.-]*:\/\//i.test(text) &&
    !/^data:/i.test(text)
  );
}
