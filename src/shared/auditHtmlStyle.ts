import { html } from './html';

/** How the report looks: in light and dark, on a narrow screen, on paper. */
export const auditStyle = html`
:root {
  color-scheme: light dark;
  --ground: #fcfcfb; --raised: #ffffff; --sunk: #f3f3f1; --line: #dfdfdb; --ink: #1d1f21; --soft: #5f646a;
  --accent: #2a5bd7; --excess: #b9cbf6; --threshold: #c26a00;
  --homonym: #7b3fc4; --compound: #0b7a75; --written: #b45309; --artefact: #c02640;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #16181b; --raised: #1d2024; --sunk: #22262a; --line: #363b41; --ink: #e7e8ea; --soft: #a0a7af;
    --accent: #8fb0ff; --excess: #34497c; --threshold: #f0a350;
    --homonym: #c39bf5; --compound: #5ecdc6; --written: #f2b56b; --artefact: #ff8a9b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
main { max-width: 74rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 3rem 0 .8rem; letter-spacing: -.005em; }
h3 { font-size: 1.08rem; line-height: 1.4; margin: 0; }
h4 { font-size: .8rem; font-weight: 600; color: var(--soft); margin: 1.1rem 0 .4rem; }
p { margin: .5rem 0; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .18em; }
ul { margin: .4rem 0; padding-left: 1.2rem; }
.soft, figcaption, .about { color: var(--soft); }
.about { margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.6rem 0 1rem; padding: 0; list-style: none; }
.tiles li { background: var(--raised); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .95rem; }
.tiles strong { display: block; font-size: 1.55rem; line-height: 1.25; font-weight: 650; }
.tiles span { color: var(--soft); font-size: .87rem; }
.kinds { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; padding: 0; margin: 0 0 .5rem; list-style: none; }
.kind { white-space: nowrap; }
.kind::before { content: ""; display: inline-block; width: .62em; height: .62em; border-radius: 50%; margin-right: .45em; background: var(--kind); }
.homonym { --kind: var(--homonym); } .compound { --kind: var(--compound); } .written { --kind: var(--written); }
.artefact { --kind: var(--artefact); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .82rem; vertical-align: bottom; white-space: nowrap; }
th, td { padding: .45rem .7rem .45rem 0; border-bottom: 1px solid var(--line); }
td { vertical-align: top; }
td:nth-child(2), td:nth-child(3) { min-width: 8rem; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
.verdict { white-space: nowrap; }
.scale { display: flex; justify-content: space-between; width: 180px; font-weight: 400; font-size: .75rem; }
.bar { display: block; }
.axis { stroke: var(--line); } .excess { fill: var(--excess); }
.expected { stroke: var(--soft); stroke-width: 2; } .threshold { stroke: var(--threshold); stroke-dasharray: 2 2; }
.interval { stroke: var(--ink); stroke-width: 1.2; } .measured { fill: var(--accent); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; font-size: .82rem; color: var(--soft); margin: .5rem 0 0; }
.legend svg { vertical-align: -3px; margin-right: .35rem; }
.finding { background: var(--raised); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.3rem 1.2rem; margin: 0 0 1rem; scroll-margin-top: 1rem; }
.finding:target { border-color: var(--accent); }
.finding header { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; align-items: baseline; justify-content: space-between; }
.bars { margin: .4rem 0 .2rem; } .bars .scale { color: var(--soft); }
.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2rem; }
.tests { list-style: none; padding: 0; }
.tests li { padding-left: 1.5rem; position: relative; margin: .3rem 0; }
.tests li::before { content: attr(data-mark); position: absolute; left: .1rem; font-weight: 700; color: var(--soft); }
.tests .holds::before { color: var(--kind); }
.tests .fails { color: var(--soft); }
.shown { display: flex; flex-wrap: wrap; gap: 0 2.2rem; }
.pictures { display: flex; flex-wrap: wrap; gap: .6rem; }
figure { margin: 0; width: 104px; font-size: .75rem; line-height: 1.35; }
figure img, .blank { display: block; width: 104px; height: 104px; object-fit: cover; border-radius: 5px; background: var(--sunk); border: 1px solid var(--line); }
figcaption b { color: var(--ink); font-weight: 600; }
figcaption span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.note { border-left: 3px solid var(--line); padding-left: .8rem; margin: .8rem 0 0; }
summary { cursor: pointer; font-weight: 600; padding: .3rem 0; }
details[open] summary { margin-bottom: .4rem; }
.empty { background: var(--raised); border: 1px solid var(--line); border-radius: 10px; padding: 1.4rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .85rem; color: var(--soft); }
code { font: .92em ui-monospace, SFMono-Regular, Consolas, monospace; }
@media (max-width: 46rem) {
  main { padding: 1.5rem 1rem 3rem; }
  .columns { grid-template-columns: 1fr; }
  .cards thead { display: none; }
  .cards, .cards tbody, .cards tr, .cards td { display: block; width: 100%; }
  .cards tr { border: 1px solid var(--line); border-radius: 8px; background: var(--raised); padding: .6rem .9rem; margin-bottom: .6rem; }
  .cards td { border: 0; padding: .12rem 0; text-align: left; }
  .cards td[data-name] { position: relative; padding-left: 7.2rem; min-height: 1.9em; white-space: normal; }
  .cards td[data-name]::before { content: attr(data-name); position: absolute; left: 0; color: var(--soft); font-size: .85rem; line-height: 1.75; }
  .cards td.rank { display: none; }
  .cards td:empty { display: none; }
}
@media print {
  :root { color-scheme: light; --ground: #fff; --raised: #fff; --ink: #000; --line: #bbb; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  a { color: inherit; text-decoration: none; }
  .finding, .tiles li, tr, figure { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  th, .scale { font-size: 7pt; }
  td[data-name="without it"] { min-width: 6.5rem; }
  td:nth-child(2), td:nth-child(3) { min-width: 5rem; }
  th, td { padding-right: .4rem; }
  td .bar, .scale { width: 110px; height: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
