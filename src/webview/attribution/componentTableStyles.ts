import { css } from 'lit';

export const componentTableStyles = css`
  :host {
    --changed: var(--vscode-charts-purple, var(--vscode-focusBorder));
  }
  /* What bars show, and which are listed: where there is no room for both beside each other, each has a line. */
  .tools,
  .tools > div {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 6px 10px;
    min-width: 0;
  }
  .tools {
    margin-block: 6px;
  }
  .tools label {
    display: grid;
    gap: 2px;
    min-width: 0;
  }
  .tools label > span,
  .tools vscode-text-field::part(label) {
    color: var(--muted);
    font-size: 0.9em;
    line-height: 1.3;
  }
  .tools vscode-dropdown {
    width: 96px;
    min-width: 0;
  }
  .tools .method vscode-dropdown {
    width: 184px;
    max-width: 100%;
  }
  .tools vscode-text-field {
    width: 68px;
    --input-min-width: 0;
  }
  .tools vscode-text-field.text {
    width: 104px;
  }
  button.switch.plain {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    height: 26px;
    padding: 0 8px;
    border: 1px solid var(--vscode-dropdown-border, var(--line));
    border-radius: 3px;
  }
  button.switch:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  button.switch[aria-pressed='true'] {
    border-color: var(--focus);
    background: color-mix(in srgb, var(--focus) 22%, transparent);
  }
  button.switch vscode-progress-ring {
    width: 14px;
    height: 14px;
  }
  .summary {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
    margin-block: 4px;
  }
  .summary b {
    font-weight: 600;
  }
  .summary .failed,
  .summary .failed button {
    color: var(--vscode-errorForeground);
  }
  .summary .failed button {
    text-decoration: underline;
  }
  [role='grid'] {
    --row: calc(2 * var(--vscode-font-size, 13px) + 12px);
    outline: none;
    container-type: inline-size;
  }
  [role='row'] {
    --c-toggle: 26px;
    --c-pictures: ;
    --c-identity: 76px;
    --c-bar: minmax(60px, 1fr);
    --c-number: 118px;
    --c-measured: ;
    --c-share: 70px;
    --c-activation: 72px;
    display: grid;
    grid-template-columns:
      var(--c-toggle) var(--c-pictures) var(--c-identity) var(--c-bar) var(--c-number) var(--c-measured)
      var(--c-share) var(--c-activation);
    align-items: center;
    column-gap: 6px;
    height: var(--row);
    padding-inline: 4px 8px;
    border: 1px solid transparent;
  }
  .with-library [role='row'] {
    --c-pictures: 100px;
    /* Names are cut before bars are: the bars are what is compared. */
    --c-identity: minmax(112px, 1fr);
    --c-bar: minmax(120px, 2fr);
  }
  .with-ticks [role='row'] {
    --c-measured: 78px;
  }
  .head {
    position: sticky;
    z-index: 1;
    top: 0;
    height: 28px;
    color: var(--muted);
    background: var(--vscode-editor-background);
    border-block-color: var(--line);
  }
  .head > * {
    min-width: 0;
  }
  .head button {
    display: inline-flex;
    align-items: center;
    gap: 2px;
    height: 22px;
    border-radius: 3px;
    white-space: nowrap;
  }
  .head button:hover {
    color: var(--vscode-foreground);
  }
  .head [aria-sort] button.sorted {
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .head button.delta {
    padding-inline-start: 6px;
  }
  .head svg.icon {
    width: 12px;
    height: 12px;
  }
  .number {
    text-align: end;
    white-space: nowrap;
    line-height: 16px;
  }
  .number > .second {
    display: block;
    height: 15px;
    color: var(--muted);
    font-size: 0.9em;
    line-height: 15px;
  }
  .number .narrow {
    display: none;
  }
  .head .number {
    display: flex;
    justify-content: end;
  }
  .head .number button {
    flex-direction: row-reverse;
  }
  .identity-cell {
    text-align: end;
    line-height: 16px;
  }
  .identity-cell .second {
    justify-content: end;
  }
  .head .latent {
    justify-content: start;
    flex-direction: row;
  }
  .bar-box {
    position: relative;
    height: 20px;
  }
  .measured svg.icon {
    width: 14px;
    height: 14px;
    margin-inline-end: 2px;
    vertical-align: -2px;
    color: var(--vscode-editorWarning-foreground, currentColor);
  }
  .measured-late .measured {
    opacity: 0.55;
  }
  .rows {
    /* Rows come and go with scrolling: the browser must not scroll to make up for it. */
    overflow-anchor: none;
  }
  .rows > [role='row'] {
    /* Only what is in view is drawn again at every answer. */
    content-visibility: auto;
    contain-intrinsic-height: var(--row);
  }
  .rows > [role='row']:hover {
    background: var(--vscode-list-hoverBackground);
    border-color: var(--contrast-active);
    border-style: dashed;
  }
  .rows > .changed {
    background: color-mix(in srgb, var(--changed) 12%, transparent);
    box-shadow: inset 3px 0 var(--changed);
  }
  .rows > [aria-selected='true'] {
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
    background: var(--vscode-list-inactiveSelectionBackground);
    border-color: var(--contrast-active);
    border-style: dotted;
  }
  [role='grid']:focus .rows > [aria-selected='true'] {
    color: var(--vscode-list-activeSelectionForeground, inherit);
    background: var(--vscode-list-activeSelectionBackground);
    --muted: currentColor;
  }
  [role='grid']:focus-visible .current {
    border: 1px solid var(--focus);
  }
  .off .naming,
  .off .latent {
    text-decoration: line-through;
    text-decoration-thickness: 1.5px;
  }
  .off .naming {
    color: var(--muted);
  }
  .off .thumbnails {
    opacity: 0.45;
  }
  .rows > [role='row']:hover .handle,
  .rows > .changed .handle,
  [role='grid']:focus-visible .current .handle {
    visibility: visible;
  }
  button.power {
    display: grid;
    place-items: center;
    width: 24px;
    height: 24px;
    padding: 0;
    border: 1px solid transparent;
    border-radius: 4px;
    color: var(--muted);
    background: none;
    cursor: pointer;
  }
  button.power:hover {
    color: var(--vscode-foreground);
    background: var(--vscode-toolbar-hoverBackground);
    border-color: var(--contrast-active);
  }
  button.power[aria-pressed='true'] {
    color: var(--vscode-editor-background);
    background: var(--changed);
    border-color: var(--contrast);
  }
  button.badge {
    padding: 0 4px;
    border: 1px solid transparent;
    height: 15px;
    border-radius: 3px;
    line-height: 12px;
  }
  /* What the person may want to write stands behind what is there to be read. */
  .rows > :not(.changed) button.badge {
    order: 1;
  }
  button.badge:hover {
    border-color: var(--line);
  }
  .changed button.badge {
    border-color: var(--changed);
    color: var(--vscode-foreground);
    background: color-mix(in srgb, var(--changed) 30%, var(--vscode-editor-background));
    font-weight: 600;
  }
  .rows > :not(.changed, :hover, .current) button.badge,
  [role='grid']:not(:focus-within) .current:not(.changed, :hover) button.badge {
    visibility: hidden;
  }
  input.factor {
    width: 46px;
    height: 15px;
    padding: 0 3px;
    border: 1px solid var(--focus);
    border-radius: 2px;
    color: var(--vscode-input-foreground, inherit);
    background: var(--vscode-input-background, transparent);
    font: inherit;
    line-height: 1;
    outline: none;
  }
  input.factor:invalid,
  input.factor[aria-invalid='true'] {
    border-color: var(--vscode-inputValidation-errorBorder, red);
  }
  .bubble {
    position: fixed;
    z-index: 4;
    padding: 1px 7px;
    border: 1px solid var(--changed);
    border-radius: 4px;
    color: var(--vscode-foreground);
    background: var(--vscode-editorWidget-background);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    font-weight: 600;
    white-space: nowrap;
    translate: -50% calc(-100% - 14px);
    pointer-events: none;
  }
  .late .rows {
    opacity: 0.55;
  }
  .dragging,
  .dragging .grip {
    cursor: ew-resize;
    user-select: none;
  }
  .message {
    padding: 14px 8px;
    color: var(--muted);
  }
  /* What there is no room for goes, the least first; a row's name still says it. */
  @container (max-width: 859px) {
    [role='row'] {
      --c-number: 78px;
      --c-activation: 66px;
    }
    .with-library [role='row'] {
      --c-pictures: 66px;
      --c-identity: minmax(116px, 1fr);
    }
    .thumbnails > :nth-child(n + 3) {
      display: none;
    }
    .with-ticks [role='row'] {
      --c-measured: 72px;
    }
    .number .wide {
      display: none;
    }
    .number .narrow {
      display: inline;
    }
  }
  @container (max-width: 639px) {
    [role='row'] {
      --c-activation: ;
    }
    .with-library [role='row'] {
      --c-identity: minmax(84px, 1fr);
      --c-bar: minmax(72px, 1.6fr);
    }
    [role='row'] > .activation {
      display: none;
    }
  }
  @container (max-width: 499px) {
    [role='row'] {
      --c-identity: 60px;
      --c-bar: minmax(44px, 1fr);
      column-gap: 5px;
      padding-inline: 0 4px;
    }
    .with-library [role='row'] {
      --c-pictures: ;
      --c-identity: minmax(64px, 1.2fr);
      --c-bar: minmax(44px, 1fr);
    }
    [role='row'] > .thumbnails {
      display: none;
    }
    /* Of the number and the factor only one may have room. */
    .rows > .changed button.badge,
    input.factor {
      order: -1;
    }
  }
  @container (max-width: 359px) {
    [role='row'] {
      --c-toggle: 22px;
      --c-identity: 52px;
      --c-bar: minmax(34px, 1fr);
      --c-number: 62px;
      --c-share: 58px;
      column-gap: 4px;
    }
    .with-library [role='row'] {
      --c-identity: minmax(52px, 1.8fr);
      --c-bar: minmax(34px, 1fr);
    }
    .with-ticks [role='row'] {
      --c-measured: 62px;
      --c-share: ;
    }
    .with-ticks [role='row'] > .share,
    .head button.delta {
      display: none;
    }
    .head {
      font-size: 0.85em;
    }
    button.power {
      width: 22px;
    }
  }
  @media (forced-colors: active) {
    button.switch[aria-pressed='true'] {
      forced-color-adjust: none;
      color: HighlightText;
      background: Highlight;
    }
    .rows > [role='row'] {
      border-color: Canvas;
    }
    .rows > .changed {
      border-color: CanvasText;
      border-inline-start-width: 4px;
      border-style: solid;
    }
    .rows > [aria-selected='true'] {
      border-color: Highlight;
    }
    button.power[aria-pressed='true'] {
      forced-color-adjust: none;
      color: HighlightText;
      background: Highlight;
    }
    .late .rows {
      opacity: 1;
      font-style: italic;
    }
  }
`;
