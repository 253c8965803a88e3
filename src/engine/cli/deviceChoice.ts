import { parseArgs } from 'node:util';
import { DeviceSetting, Precision } from '../../shared/device';
import { wrong } from './options';

/** Where the engine of a command runs the model. */
export interface DeviceChoice {
  readonly device: DeviceSetting;
  readonly precision: Precision;
}

/**
 * Of a command line that was parsed: what it says of devices, whichever command it is.
 *
 * @throws ClipsightError `configuration` that names the argument
 */
export function deviceChoice(argv: readonly string[]): DeviceChoice {
  const { values } = parseArgs({
    args: [...argv],
    options: { device: { type: 'string' }, precision: { type: 'string' } },
    strict: false,
  });
  const device = oneOf('--device', values.device ?? 'auto', DeviceSetting);
  const precision = oneOf('--precision', values.precision ?? 'fp32', Precision);
  if (device === 'cpu' && precision === 'fp16') {
    throw wrong('--precision fp16 is for other devices than the CPU.');
  }
  return { device, precision };
}

function oneOf<T extends string>(
  name: string,
  text: string | boolean,
  schema: { readonly options: readonly T[] },
): T {
  const found = schema.options.find((option) => option === text);
  if (found === undefined) throw wrong(`${name} “${text}” is none of ${schema.options.join(', ')}.`);
  return found;
}
