import * as z from 'zod';

/** A component of the dictionary under study, from 0. */
export const Component = z.int().nonnegative();
