import { css } from 'lit';

export const scoreTableStyles = css`
  :host {
    container-type: inline-size;
  }
  .scroller {
    overflow-x: auto;
  }
  table {
    border-collapse: separate;
    border-spacing: 0;
  }
  th,
  td {
    padding: 5px 8px;
    border-bottom: 1px solid var(--line);
    font-weight: normal;
    text-align: start;
    vertical-align: top;
  }
  thead th {
    padding-block: 2px 4px;
    color: var(--muted);
    vertical-align: bottom;
  }
  th.text {
    position: sticky;
    z-index: 1;
    left: 0;
    width: 480px;
    min-width: 270px;
    padding-inline-start: 2px;
    background: var(--vscode-editor-background);
    text-align: left;
  }
  .number {
    width: 66px;
    min-width: 56px;
    text-align: end;
    white-space: nowrap;
  }
  thead .number {
    text-align: end;
  }
  .best td.mean,
  .best .prompt-text {
    font-weight: 600;
  }
  .among {
    display: block;
    font-size: 0.92em;
  }
  .best .badge {
    border-color: var(--vscode-foreground);
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .share {
    width: 150px;
    min-width: 110px;
  }
  .share-box {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .bar-box {
    flex: 1;
    min-width: 24px;
    height: 12px;
  }
  .share-number {
    flex: none;
    min-width: 54px;
    text-align: end;
    white-space: nowrap;
  }
  .skeleton {
    display: inline-block;
    width: 100%;
    max-width: 44px;
  }
  .cell {
    display: flex;
    align-items: flex-start;
    gap: 8px;
  }
  .cell > .badge {
    margin-top: 1px;
  }
  .main {
    flex: 1;
    min-width: 0;
  }
  .main > .prompt-text {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 4;
  }
  .draft .main > .prompt-text {
    font-style: italic;
  }
  .draft .cell {
    padding-inline-start: 18px;
  }
  .details {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    min-width: 0;
    color: var(--muted);
    font-size: 0.92em;
    overflow-wrap: anywhere;
  }
  .details:not(:has(*)) {
    display: none;
  }
  .warned {
    color: var(--vscode-editorWarning-foreground, inherit);
  }
  .warned svg.icon {
    width: 13px;
    height: 13px;
    vertical-align: -2px;
  }
  .draft-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin-top: 4px;
  }
  .row-tools {
    display: flex;
    flex: none;
    opacity: 0.55;
  }
  tr:hover .row-tools,
  .row-tools:focus-within {
    opacity: 1;
  }
  .picture {
    position: relative;
    display: inline-grid;
    place-items: center;
    width: 48px;
    height: 48px;
    padding: 0;
    border: 1px solid var(--line);
    border-radius: 3px;
    color: var(--muted);
    background: var(--vscode-editorWidget-background);
    cursor: pointer;
    overflow: hidden;
  }
  .picture:hover {
    border-color: var(--focus);
  }
  .picture img {
    width: 100%;
    height: 100%;
    object-fit: cover;
  }
  .picture .mark {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    color: var(--vscode-errorForeground);
    background: color-mix(in srgb, var(--vscode-editor-background) 72%, transparent);
  }
  .adding {
    display: flex;
    align-items: center;
    gap: 2px;
    max-width: 560px;
    margin-top: 6px;
  }
  input.add {
    flex: 1;
    min-width: 0;
    height: 26px;
    padding: 0 8px;
    border: 1px solid var(--vscode-input-border, var(--line));
    border-radius: 2px;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    font: inherit;
  }
  input.add::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  thead .mean > span {
    display: block;
  }
  @container (max-width: 519px) {
    table {
      width: 100%;
    }
    th.text {
      width: auto;
      min-width: 150px;
      max-width: 190px;
    }
    th,
    td {
      padding-inline: 4px;
    }
    .share {
      width: 60px;
      min-width: 60px;
    }
    .share .bar-box {
      display: none;
    }
    .cell {
      flex-wrap: wrap;
      gap: 2px 6px;
    }
    .row-tools {
      width: 100%;
      padding-inline-start: 22px;
    }
  }
`;
