/** What a device did instead of giving the right numbers. */
export type FaultKind =
  /** It is not there, or a library of it is missing: nothing could ever be opened in it. */
  | 'unavailable'
  /** Opening or running a graph failed; its process lives. */
  | 'threw'
  /** Its process ended. */
  | 'died'
  /** It did not answer in time; its process was ended. */
  | 'hung'
  /** It gave numbers that are not finite where the CPU's are. */
  | 'notFinite'
  /** For a witness it gave other numbers than the CPU. */
  | 'wrong';

/** Never leaves the guard: what runs on a device goes on without it. `message` is a sentence. */
export class DeviceFault extends Error {
  override readonly name = 'DeviceFault';

  constructor(
    readonly kind: FaultKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
