import type { Comparison, Quantity, Row } from './results';

export const time = (amount: number): Quantity => ({ amount, unit: 'ms' });
export const rate = (amount: number): Quantity => ({ amount, unit: 'images/s' });
export const bytes = (amount: number): Quantity => ({ amount, unit: 'bytes' });

export const atMost = (value: number) => ({ value, atLeast: false });
export const atLeast = (value: number) => ({ value, atLeast: true });

export interface Of {
  readonly what: string;
  readonly measured: Quantity;
}

export function row(what: string, measured: Quantity | null, beside: Comparison | null = null): Row {
  return { what, measured, beside, pytorch: [] };
}

/** How a quantity stands beside another of the same unit. */
export function beside(measured: Quantity, of: Of, limit: Comparison['limit'] = null): Comparison {
  return { ...of, ratio: measured.amount / of.measured.amount, limit };
}

export function rowBeside(what: string, measured: Quantity, of: Of, limit: Comparison['limit'] = null): Row {
  return row(what, measured, beside(measured, of, limit));
}

/** The limit is a time that a person waits, whatever the machine. */
export function rowWithin(what: string, milliseconds: number, most: number): Row {
  return rowBeside(what, time(milliseconds), { what: 'allowed', measured: time(most) }, atMost(1));
}

/** How many times as fast as PyTorch's way of doing it. `theirs` is null where PyTorch is not installed. */
export function besidePytorch(
  ours: Quantity,
  what: string,
  theirs: Quantity | null,
  limit: Comparison['limit'] = null,
): Comparison {
  return { what, measured: theirs, ratio: theirs === null ? null : speedup(ours, theirs), limit };
}

function speedup(ours: Quantity, theirs: Quantity): number {
  switch (ours.unit) {
    case 'ms':
    case 'bytes':
      return theirs.amount / ours.amount;
    case 'images/s':
      return ours.amount / theirs.amount;
  }
}
