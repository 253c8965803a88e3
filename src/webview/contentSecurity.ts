import * as z from 'zod';

/*
 * Imported before all else, because both of these probe the browser while they load and would break the page's
 * Content-Security-Policy (and fill the console) by doing so.
 */

// zod tries whether it may compile its parsers with `new Function`. It may not.
z.config({ jitless: true });

// The control kit tries a style element; it looks for the page's nonce in a meta element.
const script = document.querySelector<HTMLScriptElement>('script[nonce]');
if (script !== null) {
  const meta = document.createElement('meta');
  meta.setAttribute('property', 'csp-nonce');
  meta.content = script.nonce;
  document.head.append(meta);
}
