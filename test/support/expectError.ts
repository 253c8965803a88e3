import { expect } from 'vitest';
import { ClipsightError, type ErrorCode } from '../../src/shared/errors';

/** Expects a ClipsightError with that code, a remedy, and a text (message and remedy) that has all of `parts`. */
export async function expectError(
  work: Promise<unknown>,
  code: ErrorCode,
  ...parts: readonly string[]
): Promise<void> {
  const thrown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(ClipsightError);
  const error = thrown as ClipsightError;
  expect(error.code).toBe(code);
  expect(error.remedy).toBeTruthy();
  for (const part of parts) {
    expect(`${error.message} ${error.remedy}`).toContain(part);
  }
}
