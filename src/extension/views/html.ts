import { randomBytes } from 'node:crypto';

export interface Page {
  readonly title: string;
  readonly language: string;
  /** Address of the script that defines the element. */
  readonly script: string;
  /** Name of the custom element that is the whole page. */
  readonly element: string;
  /** Names the panel across reloads of the window; the page keeps it in its own state. */
  readonly panel: string;
}

/** A value that nobody can guess, new for every page. */
export function newNonce(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * A page that can load nothing but its own script, apply nothing but its own styles, show pictures only from
 * memory, and reach no network.
 */
export function pageHtml({ title, language, script, element, panel }: Page, nonce: string): string {
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">body { padding: 0; }</style>
</head>
<body>
<${element} panel="${escapeHtml(panel)}"></${element}>
<script nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>
`;
}

export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    'img-src blob:',
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "font-src 'none'",
  ].join('; ');
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}
