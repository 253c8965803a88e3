/** Longer texts are no prompts, in UTF-16 code units. */
const longest = 2000;

/** Marks of templates for chats: Jinja's and Go's, and tokens that say who speaks. CLIP's own are two of those. */
const chat = /\{%|\{\{[-\s]|<\|(?!(?:start|end)oftext\|>)\w+\|>/;

/**
 * Whether a text may be a prompt at all: it says something, and is no address, path or template of a chat.
 *
 * @param said what of it has to have a letter
 */
export function mayBePrompt(text: string, said = text): boolean {
  return (
    text.length <= longest &&
    /\p{L}/u.test(said) &&
    !chat.test(text) &&
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
