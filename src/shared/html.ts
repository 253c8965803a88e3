/** A piece of a page that is markup already. Only `html` makes it, so that whatever else comes in is text. */
export class Html {
  private constructor(readonly markup: string) {}

  static of(parts: TemplateStringsArray, values: readonly HtmlValue[]): Html {
    return new Html(parts.map((part, i) => part + (i < values.length ? markupOf(values[i]) : '')).join(''));
  }
}

/** What may stand in a template: texts, which are escaped; pieces of markup; null for nothing. */
export type HtmlValue = string | number | Html | readonly Html[] | null;

/**
 * Markup with values in it. Values are safe in text and between double quotes; never put one into a script, a style,
 * the name of a tag or attribute, or an address.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.of(parts, values);
}

function markupOf(value: HtmlValue | undefined): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(({ markup }) => markup).join('');
  return escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Control characters and halves of characters, which no page may have, become what stands for "unknown character". */
function escaped(text: string): string {
  return text
    .replace(/[&<>"'`]/g, (character) => entities[character]!)
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}]/gu, '\uFFFD');
}
