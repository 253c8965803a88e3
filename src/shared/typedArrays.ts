import * as z from 'zod';

/** Numbers for people: NaN would pass every comparison and be sorted anywhere, so that it is refused where it crosses. */
export const finiteFloats = z.custom<Float32Array>(
  (value) => value instanceof Float32Array && value.every(Number.isFinite),
  { error: 'Invalid input: expected a Float32Array of finite numbers' },
);

export const ints = z.custom<Int32Array>((value) => value instanceof Int32Array);
