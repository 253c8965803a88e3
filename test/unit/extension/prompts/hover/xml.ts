export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own. */
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/**
 * The elements of a document, in the order they begin. Throws where it is not well-formed: what of XML pictures use is
 * all that is read here.
 */
export function elementsOf(xml: string): XmlElement[] {
  const elements: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const open: number[] = [];
  let rest = xml;
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml)) {
    throw new Error('There is a character that XML does not have.');
  }
  while (rest !== '') {
    const tag = /^<(\/?)([a-z]+)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>/.exec(rest);
    const text = /^[^<>]+/.exec(rest);
    if (tag !== null) {
      const [all, end, name = '', attributes = '', empty] = tag;
      if (end === '/') {
        if (elements[open.pop() ?? -1]?.name !== name) throw new Error(`</${name}> ends something else.`);
      } else {
        if (open.length === 0 && elements.length > 0) throw new Error('There is more than one root.');
        elements.push({ name, attributes: attributesOf(attributes), text: '' });
        if (empty !== '/') open.push(elements.length - 1);
      }
      rest = rest.slice(all.length);
    } else if (text !== null && open.length > 0) {
      elements[open.at(-1)!]!.text += unescaped(text[0]);
      rest = rest.slice(text[0].length);
    } else {
      throw new Error(`This is not well-formed: ${rest.slice(0, 80)}`);
    }
  }
  if (open.length > 0) throw new Error('Something is not ended.');
  return elements;
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([a-zA-Z-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`${name} is there twice.`);
    attributes[name] = unescaped(value);
  }
  return attributes;
}

function unescaped(text: string): string {
  return text.replace(/&([a-z]*;?)/g, (_all, name: string) => {
    const character = name.endsWith(';') ? entities[name.slice(0, -1)] : undefined;
    if (character === undefined) throw new Error(`&${name} is no entity.`);
    return character;
  });
}
