import { css } from 'lit';
import { errorNoticeStyles } from '../components/errorNotice';
import { theme } from '../components/theme';
import { asideStyles } from './asideStyles';
import { factsStyles } from './facts';
import { filterBarStyles } from './filterBar';

export const auditPageStyles = [
  theme,
  errorNoticeStyles,
  factsStyles,
  asideStyles,
  filterBarStyles,
  css`
    :host {
      padding: 10px 16px 24px;
      --table-height: 62vh;
    }
    .title {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 14px;
      margin-top: 4px;
    }
    h1 {
      margin: 0;
      font-size: 1.15em;
      font-weight: 600;
    }
    .scope {
      min-width: 0;
      overflow-wrap: anywhere;
    }
    .title .end {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px 8px;
      margin-inline-start: auto;
    }
    .notices {
      display: grid;
      gap: 6px;
      margin-block: 6px;
    }
    .outcome {
      display: flex;
      gap: 6px;
      margin-block: 8px 10px;
      font-weight: 600;
    }
    .outcome > svg {
      margin-top: 1px;
      color: var(--vscode-charts-green, currentColor);
    }
    .layout {
      display: grid;
      gap: 14px 20px;
      align-items: start;
    }
    .list,
    .plot,
    .pane {
      min-width: 0;
    }
    clipsight-evidence-pane {
      border: 1px solid var(--line);
      border-radius: 3px;
    }
    clipsight-audit-plot {
      margin-bottom: 8px;
    }
    .hint {
      margin-block: 8px;
      color: var(--muted);
    }
    footer {
      display: grid;
      gap: 4px;
      margin-top: 16px;
    }
    .begin,
    .good {
      display: grid;
      gap: 14px;
      max-width: 46em;
      margin-top: 16px;
    }
    .choices {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }
    .tabs {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 14px;
      margin-bottom: 8px;
      border-bottom: 1px solid var(--line);
    }
    .tabs button {
      padding: 3px 2px;
      border-bottom: 2px solid transparent;
      overflow-wrap: anywhere;
    }
    .tabs button[aria-selected='true'] {
      border-bottom-color: var(--focus);
      font-weight: 600;
    }
    .waiting {
      display: grid;
      gap: 6px;
      margin-top: 14px;
    }
    .waiting > div {
      height: 26px;
    }
    @media (min-width: 1000px) {
      :host {
        --table-height: max(380px, calc(100vh - 470px));
      }
      .layout {
        grid-template: 'list pane' auto 'plot pane' 1fr / minmax(0, 1fr) minmax(380px, 37%);
      }
      .list {
        grid-area: list;
      }
      .plot {
        grid-area: plot;
      }
      .pane {
        grid-area: pane;
        position: sticky;
        top: 6px;
        max-height: calc(100vh - 12px);
        overflow: hidden auto;
        /* The scrollbar lies beside the text, not over it. */
        scrollbar-gutter: stable;
      }
    }
    @media (max-width: 999px) {
      .plot {
        order: 1;
      }
    }
    @media (max-width: 419px) {
      :host {
        padding-inline: 8px;
      }
    }
  `,
];
