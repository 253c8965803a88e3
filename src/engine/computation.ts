/**
 * To be raised when the same files would give other numbers than before: in what is made of pixels, in the towers, in
 * how a dictionary is read, in attribution. Part of every name under which numbers are kept (docs/method.md).
 */
export const computationVersion = 1;
