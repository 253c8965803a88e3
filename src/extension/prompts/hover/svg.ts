/** A drawing, in CSS pixels, and what it shows in words. */
export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
}

export const fontFamily = "system-ui,-apple-system,'Segoe UI',Ubuntu,sans-serif";

export function drawing(width: number, height: number, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"` +
    ` font-family="${fontFamily}">${content}</svg>`
  );
}

/** For text and for attributes in double quotes. @param text without control characters, as `shownText` gives it */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A coordinate: two decimals. */
export function at(value: number): string {
  return String(Number(value.toFixed(2)));
}

/**
 * As an address that may stand in Markdown as it is: what Markdown or an address reads otherwise is written as its code.
 * Pictures within it are base64, of which nothing needs to be.
 */
export function svgUri(svg: string): string {
  return `data:image/svg+xml,${svg.replace(/[^A-Za-z0-9\-._~!$+,;=:@/]+/gu, encodeAll)}`;
}

/** An argument as a link holds it. */
export function encodedArgument(argument: unknown): string {
  // Half a character, which an address cannot have, JSON writes as its code.
  return encodeAll(JSON.stringify(argument));
}

/** Unlike `encodeURIComponent`, also parentheses, asterisks and apostrophes. */
function encodeAll(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
