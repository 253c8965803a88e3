import { expect, it } from 'vitest';
import { contentSecurityPolicy, newNonce, pageHtml } from '../../../src/extension/views/html';

const page = {
  title: 'a "b" <c>',
  language: 'en',
  script: 'https://host/attribution.js?a&b',
  element: 'clipsight-attribution',
  panel: 'p-1',
};

it('allows nothing but its own script, its own styles and pictures from memory', () => {
  expect(contentSecurityPolicy('X')).toBe(
    "default-src 'none'; img-src blob:; script-src 'nonce-X'; style-src 'nonce-X'; font-src 'none'",
  );
});

it('gives every script and style the nonce, and has no inline handler or style', () => {
  const html = pageHtml(page, 'X');
  expect(html).toContain(`content="${contentSecurityPolicy('X')}"`);
  for (const [tag] of html.matchAll(/<(script|style)\b[^>]*>/g)) expect(tag).toContain('nonce="X"');
  expect(html).not.toMatch(/\s(on\w+|style)=/);
});

it('escapes what it is given', () => {
  const html = pageHtml(page, 'X');
  expect(html).toContain('<title>a &quot;b&quot; &lt;c&gt;</title>');
  expect(html).toContain('src="https://host/attribution.js?a&amp;b"');
});

it('never repeats a nonce, which is safe in an attribute and in a policy', () => {
  const nonces = Array.from({ length: 50 }, newNonce);
  expect(new Set(nonces).size).toBe(50);
  for (const nonce of nonces) expect(nonce).toMatch(/^[\w-]{22}$/);
});
