import { html } from 'lit';

/** Line drawings on a 16 × 16 grid, in the colour of the text around them; the text says what they mean. */
const drawing = (path: string, extra = '') =>
  html`<svg class="icon ${extra}" viewBox="0 0 16 16" aria-hidden="true"><path d=${path}></path></svg>`;

export const icons = {
  add: drawing('M8 3v10M3 8h10'),
  back: drawing('m8.5 3.5-5 4.5 5 4.5M4 8h9'),
  bars: drawing('M3 13.5V9m3.5 4.5V3M10 13.5V6.5m3.5 7v-3'),
  broken: drawing('M2.5 3.5h11v9h-11zM4 11l3-4 1.5 2L7 11M9 3.5 8 6l1.5 1.5M13 11l-2.5-3'),
  check: drawing('m3 8.5 3.2 3.2L13 5'),
  close: drawing('m4 4 8 8m0-8-8 8'),
  down: drawing('m4.5 6.5 3.5 3.5 3.5-3.5'),
  edit: drawing('m3 13 .8-3L10.5 3.3l2.2 2.2L6 12.2z'),
  error: drawing('M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm0 3.2v3.8m0 2v.1'),
  export: drawing('M8 9.5v-7m-2.5 2.5L8 2.5 10.5 5M3 9v4.5h10V9'),
  fit: drawing('M2.5 6V2.5H6m4 0h3.5V6m0 4v3.5H10m-4 0H2.5V10'),
  image: drawing('M2.5 3.5h11v9h-11zM3 11.5l3.2-3.7 2.3 2.6 1.5-1.5 3 2.6M10 6.2v.1'),
  info: drawing('M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm0 5v4m0-6.2v.1'),
  lasso: drawing(
    'M8 2.5c3.3 0 5.5 1.5 5.5 3.5S11.3 9.5 8 9.5 2.5 8 2.5 6 4.7 2.5 8 2.5zM4.5 8.6c-1.3 1.7.8 2.6 2.3 2.2s2 1.3.2 2.7',
  ),
  library: drawing('M2.5 5.5h11v8h-11zM4 5.5v-2h8v2M3 12l3-3 2 2 1.5-1.5L13 12'),
  list: drawing('M5.5 4h8m-8 4h8m-8 4h8M2.5 4h.1m-.1 4h.1m-.1 4h.1'),
  map: drawing(
    'M4 3.5a1 1 0 1 0 .01 0zM8.5 6a1 1 0 1 0 .01 0zM12 2.5a1 1 0 1 0 .01 0zM4.5 10a1 1 0 1 0 .01 0zM8.5 11.5a1 1 0 1 0 .01 0zM12.5 9a1 1 0 1 0 .01 0z',
  ),
  measure: drawing('M2.5 11.5h11M2.5 9.5v4m11-4v4M8 3v6m-2-2 2 2 2-2'),
  minus: drawing('M3 8h10'),
  pin: drawing('M5.5 2.5h5M6.5 2.5v4L4 9.5h8L9.5 6.5v-4M8 9.5v4.5'),
  power: drawing('M8 2.5v5M4.9 4.6a5 5 0 1 0 6.2 0'),
  redo: drawing('M13 3v4H9m4 0a5.5 5.5 0 1 0-1 5'),
  save: drawing('M3 2.5h8l2.5 2.5v8.5h-11V2.5zm2 0v3.5h5V2.5M5 13.5V9h6v4.5'),
  search: drawing('M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zm3.3 7.8 3.2 3.2'),
  sortedDown: drawing('M8 3v10m-3.5-3.5L8 13l3.5-3.5'),
  sortedUp: drawing('M8 13V3M4.5 6.5 8 3l3.5 3.5'),
  spurious: drawing('M4 14V2.5h8.5L10.5 6l2 3.5H4'),
  swap: drawing('M3 5h9.5M10 2.5 12.5 5 10 7.5M13 11H3.5M6 8.5 3.5 11 6 13.5'),
  todo: drawing('M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm0 3v3.3l2.2 1.5'),
  twistie: drawing('m6 4 4 4-4 4', 'twistie'),
  undo: drawing('M3 3v4h4M3 7a5.5 5.5 0 1 1 1 5'),
  warning: drawing('M8 2.5 14 13.5H2zm0 4v3.5m0 1.8v.1'),
} as const;
