import { css } from 'lit';
import { decisionStyles } from './decisions';

export const findingTableStyles = [
  decisionStyles,
  css`
    :host {
      container-type: inline-size;
    }
    [role='grid'] {
      --row: calc(2.9 * var(--vscode-font-size, 13px) + 8px);
      max-height: var(--table-height, 70vh);
      overflow: hidden auto;
      outline: none;
      border: 1px solid var(--line);
      border-radius: 3px;
      /* Rows come and go with scrolling: the browser must not scroll to make up for it. */
      overflow-anchor: none;
    }
    [role='grid']:focus-visible {
      border-color: var(--focus);
    }
    [role='row'] {
      display: grid;
      grid-template-areas: 'prompt component measured expected score alignment kind effect decision';
      grid-template-columns:
        minmax(90px, 3fr) minmax(96px, 3fr) 64px 62px minmax(92px, 2fr) 68px 104px 100px 26px;
      align-items: center;
      column-gap: 8px;
      height: var(--row);
      padding-inline: 8px 6px;
      border: 1px solid transparent;
      line-height: 1.3;
    }
    .with-pictures [role='row'] {
      grid-template-columns:
        minmax(90px, 3fr) minmax(150px, 4fr) 64px 62px minmax(92px, 2fr) 68px 104px 100px 26px;
    }
    .c-prompt {
      grid-area: prompt;
    }
    .c-component {
      grid-area: component;
    }
    .c-measured {
      grid-area: measured;
    }
    .c-expected {
      grid-area: expected;
    }
    .c-score {
      grid-area: score;
      padding-inline-start: 6px;
    }
    .c-alignment {
      grid-area: alignment;
    }
    .c-kind {
      grid-area: kind;
      padding-inline-start: 6px;
    }
    .c-effect {
      grid-area: effect;
    }
    .c-decision {
      grid-area: decision;
    }
    .head {
      position: sticky;
      z-index: 1;
      top: 0;
      height: 28px;
      color: var(--muted);
      background: var(--vscode-editor-background);
      border-bottom-color: var(--line);
    }
    .head > * {
      min-width: 0;
    }
    .head button {
      display: inline-flex;
      align-items: center;
      gap: 2px;
      max-width: 100%;
      height: 22px;
      border-radius: 3px;
      white-space: nowrap;
    }
    .head button:hover,
    .head button.sorted {
      color: var(--vscode-foreground);
    }
    .head button.sorted {
      font-weight: 600;
    }
    .head svg.icon {
      width: 12px;
      height: 12px;
    }
    .head .c-measured,
    .head .c-expected,
    .head .c-alignment {
      display: flex;
      justify-content: end;
    }
    .rows > [role='row'] {
      contain: strict;
      cursor: default;
    }
    .rows > [role='row']:hover {
      background: var(--vscode-list-hoverBackground);
      border-color: var(--contrast-active);
    }
    .rows > [aria-selected='true'],
    .rows > [aria-selected='true']:hover {
      background: var(--vscode-list-inactiveSelectionBackground);
      border-color: var(--contrast-active);
    }
    [role='grid']:focus .rows > [aria-selected='true'] {
      background: var(--vscode-list-activeSelectionBackground, transparent);
      color: var(--vscode-list-activeSelectionForeground, inherit);
      border-color: var(--focus);
    }
    [role='grid']:focus .rows > [aria-selected='true'] :is(.second, .muted, .none) {
      color: inherit;
      opacity: 0.85;
    }
    /* What is settled steps back, and stays readable. */
    .rows > .expected .text,
    .rows > .expected .number {
      font-weight: normal;
      opacity: 0.75;
    }
    [role='gridcell'] {
      min-width: 0;
    }
    .text,
    .second {
      display: block;
      overflow: hidden;
      text-align: left;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .text.none {
      color: var(--muted);
      font-style: italic;
    }
    .second {
      color: var(--muted);
      font-size: 0.9em;
    }
    .number,
    .number > .second {
      text-align: end;
      white-space: nowrap;
    }
    .strong {
      display: block;
      font-weight: 600;
      text-align: start;
    }
    .c-component {
      display: flex;
      align-items: center;
      gap: 6px;
    }
    .pictures {
      display: flex;
      flex: none;
      gap: 2px;
      width: 66px;
    }
    .pictures > * {
      width: 32px;
      height: 32px;
    }
    .names {
      flex: 1;
      min-width: 0;
    }
    .kind {
      display: inline-block;
      max-width: 100%;
      padding: 0 5px;
      overflow: hidden;
      border: 1px solid var(--line);
      border-radius: 3px;
      font-size: 0.92em;
      text-overflow: ellipsis;
      white-space: nowrap;
      vertical-align: middle;
    }
    .c-effect {
      white-space: nowrap;
    }
    .c-effect > span {
      display: block;
    }
    .c-decision {
      display: flex;
      justify-content: center;
    }
    /* All borders are drawn there, and no backgrounds. */
    @media (forced-colors: active) {
      .rows > [aria-selected='true'] {
        outline: 2px solid Highlight;
        outline-offset: -3px;
      }
    }
    @container (max-width: 839px) {
      [role='row'],
      .with-pictures [role='row'] {
        grid-template-areas: 'prompt component measured score kind effect decision';
        grid-template-columns:
          minmax(80px, 4fr) minmax(100px, 4fr) 62px minmax(84px, 2fr) 98px 92px 22px;
      }
      .c-expected,
      .c-alignment {
        display: none !important;
      }
      .pictures {
        width: 32px;
      }
      .pictures > :nth-child(n + 2) {
        display: none;
      }
    }
    @container (max-width: 609px) {
      [role='row'],
      .with-pictures [role='row'] {
        grid-template-areas:
          'prompt score decision'
          'component kind decision';
        grid-template-columns: minmax(0, 1fr) minmax(92px, auto) 20px;
        grid-template-rows: auto auto;
        align-content: center;
        row-gap: 3px;
        height: calc(2 * var(--row));
      }
      .head[role='row'] {
        grid-template-areas: 'prompt score decision' !important;
        height: 28px !important;
      }
      .head .c-component,
      .head .c-kind,
      .c-measured,
      .c-effect {
        display: none !important;
      }
      .c-score {
        width: 98px;
      }
    }
  `,
];
