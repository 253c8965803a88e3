import { ClipsightError } from '../../../shared/errors';

/** A setting that the file has and that nothing here computes. */
export function unsupported(file: string, key: string, value: unknown, supported: string): ClipsightError {
  return new ClipsightError(
    'dictionary',
    `${file}: ${key} ${JSON.stringify(value)} is not supported.`,
    `Supported: ${supported}.`,
  );
}

/** A setting that the file lacks and that cannot be guessed. */
export function missing(file: string, key: string, meaning: string, remedy?: string): ClipsightError {
  return new ClipsightError(
    'dictionary',
    `${file} does not say ${meaning} (${key}).`,
    remedy ?? `Write "${key}" there.`,
  );
}
