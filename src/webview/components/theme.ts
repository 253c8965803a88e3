import { css } from 'lit';

/** For the document itself: what VS Code's own webview styles leave to the page. */
export const page = css`
  body {
    margin: 0;
    padding: 0;
    color: var(--vscode-foreground);
    background: var(--vscode-editor-background);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size, 13px);
    font-weight: var(--vscode-font-weight, normal);
    line-height: 1.45;
  }
`;

/** For every element of ours: VS Code's theme under short names, and the few things that recur. */
export const theme = css`
  :host {
    --muted: var(--vscode-descriptionForeground, var(--vscode-foreground));
    /* Only high contrast themes define these two. */
    --contrast: var(--vscode-contrastBorder, transparent);
    --contrast-active: var(--vscode-contrastActiveBorder, transparent);
    --line: var(--vscode-contrastBorder, var(--vscode-editorWidget-border, rgb(128 128 128 / 35%)));
    --focus: var(--vscode-focusBorder);
    --positive: var(--vscode-clipsight-positiveAttribution);
    --negative: var(--vscode-clipsight-negativeAttribution);
    --gap: 8px;
    display: block;
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  * {
    box-sizing: border-box;
  }
  h2 {
    margin: 0;
    font-size: inherit;
    font-weight: 600;
  }
  p {
    margin: 0;
  }
  :focus-visible {
    outline: 1px solid var(--focus);
    outline-offset: -1px;
  }
  .muted {
    color: var(--muted);
  }
  .stale {
    opacity: 0.55;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button.plain {
    padding: 0;
    border: none;
    color: inherit;
    background: none;
    font: inherit;
    text-align: inherit;
    cursor: pointer;
  }
  button.icon {
    display: inline-grid;
    place-items: center;
    width: 24px;
    height: 24px;
    padding: 0;
    border: 1px solid transparent;
    border-radius: 4px;
    color: var(--vscode-icon-foreground, var(--vscode-foreground));
    background: none;
    cursor: pointer;
  }
  button.icon:hover:enabled {
    background: var(--vscode-toolbar-hoverBackground);
    border-color: var(--contrast-active);
  }
  button.icon:disabled {
    opacity: 0.4;
    cursor: default;
  }
  button.link {
    color: var(--vscode-textLink-foreground);
  }
  button.link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  .icon svg,
  svg.icon {
    width: 16px;
    height: 16px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  details > summary {
    display: flex;
    align-items: baseline;
    gap: 4px;
    cursor: pointer;
    list-style: none;
  }
  details > summary svg.icon {
    align-self: flex-start;
    margin-top: 1px;
  }
  details > summary > .twistie {
    transition: rotate 100ms;
  }
  details[open] > summary > .twistie {
    rotate: 90deg;
  }
  .skeleton {
    min-height: 1em;
    border-radius: 3px;
    background: color-mix(in srgb, var(--vscode-foreground) 12%, transparent);
    border: 1px solid var(--contrast);
    animation: breathe 1.6s ease-in-out infinite alternate;
  }
  @keyframes breathe {
    from {
      opacity: 0.4;
    }
    to {
      opacity: 1;
    }
  }
  vscode-button,
  vscode-dropdown,
  vscode-text-field {
    --border-width: 1;
    --type-ramp-base-line-height: 1.3;
  }
  /* Its list lies over what follows, sticky heads included. */
  vscode-dropdown[open] {
    z-index: 2;
  }
  vscode-option {
    padding: 2px 8px;
  }
  /* The kit takes a field's accessible name from its label; where the place says what it is, it is not drawn. */
  vscode-text-field.named-by-place::part(label) {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  @media (prefers-reduced-motion: reduce) {
    .skeleton {
      animation: none;
      opacity: 0.7;
    }
    details > summary > .twistie {
      transition: none;
    }
  }
  @media (forced-colors: active) {
    .stale {
      opacity: 1;
      font-style: italic;
    }
  }
`;
