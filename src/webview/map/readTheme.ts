import type { Rgb } from './colour';
import type { ThemeColours } from './palette';

const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

/** Any colour of CSS as the browser draws it; `otherwise` where it is none. */
function resolve(css: string, otherwise: Rgb): Rgb {
  if (probe === null || css.trim() === '') return otherwise;
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = 'rgb(0 0 0 / 0)';
  probe.fillStyle = css;
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b, alpha] = probe.getImageData(0, 0, 1, 1).data;
  return alpha === 0 ? otherwise : [r!, g!, b!];
}

/** The colours in use at an element that has the editor's background; the system's own where it imposes them. */
export function readTheme(element: Element): ThemeColours {
  const style = getComputedStyle(element);
  const imposed = matchMedia('(forced-colors: active)').matches;
  const foreground = resolve(style.color, [204, 204, 204]);
  const positive = style.getPropertyValue('--positive');
  const negative = style.getPropertyValue('--negative');
  return {
    background: resolve(style.backgroundColor, [31, 31, 31]),
    foreground,
    focus: imposed ? foreground : resolve(style.getPropertyValue('--focus'), foreground),
    signs:
      imposed || positive.trim() === '' || negative.trim() === ''
        ? null
        : { positive: resolve(positive, foreground), negative: resolve(negative, foreground) },
  };
}

/** Calls back whenever the colours may have changed, until the answer is called. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, { attributes: true, attributeFilter: ['class', 'style'] });
  }
  const forced = matchMedia('(forced-colors: active)');
  forced.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    forced.removeEventListener('change', changed);
  };
}
