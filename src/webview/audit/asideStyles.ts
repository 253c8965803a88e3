import { css } from 'lit';

/** Lists below the findings, closed at first. */
export const asideStyles = css`
  .aside > summary {
    padding-block: 3px;
  }
  .aside > summary .muted {
    margin-inline-start: 8px;
  }
  .aside table {
    max-width: 820px;
    margin: 2px 0 8px 20px;
    width: calc(100% - 20px);
    border-collapse: collapse;
  }
  .aside :is(th, td) {
    padding: 2px 12px 2px 0;
    border-bottom: 1px solid var(--line);
    font-weight: normal;
    text-align: start;
    vertical-align: baseline;
    overflow-wrap: anywhere;
  }
  .aside thead th {
    color: var(--muted);
    overflow-wrap: normal;
  }
  .aside .number {
    text-align: end;
    white-space: nowrap;
    overflow-wrap: normal;
  }
  .aside :is(th, td):last-child {
    padding-inline-end: 0;
  }
  .aside .reason {
    color: var(--muted);
  }
`;
