import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClipsightError } from '../../shared/errors';

/** What a program was built for, as node names it. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Whether its C library is glibc; on other systems than Linux it says nothing. */
  readonly usesGlibc: boolean;
}

/** The platforms that ONNX Runtime is built for and Clipsight is packaged for. */
const packaged = [
  { platform: 'linux', arch: 'x64' },
  { platform: 'linux', arch: 'arm64' },
  { platform: 'darwin', arch: 'arm64' },
  { platform: 'win32', arch: 'x64' },
  { platform: 'win32', arch: 'arm64' },
] as const;

/** What the extension host is. */
export function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, usesGlibc: hasGlibc() };
}

/** Those of the packaged platforms whose ONNX Runtime lies in this extension: one, or all of them in the project itself. */
export function shippedRuntimes(extension: string): readonly string[] {
  return packaged
    .filter(({ platform, arch }) =>
      existsSync(join(extension, 'node_modules/onnxruntime-node/bin/napi-v6', platform, arch)),
    )
    .map(nameOf);
}

/**
 * Why the editor's own program cannot run the engine, or null where it can. Another one, named in
 * `clipsight.engine.node`, helps where this machine runs programs of more than one kind: Macs with Apple silicon and
 * Windows on Arm, whose editor may be built for x64, and 64-bit Linux under a 32-bit editor. It has to be of a platform
 * whose binaries lie in this extension, for it loads those.
 * @param shipped see `shippedRuntimes`
 */
export function runtimeObstacle(machine: Machine, shipped: readonly string[]): ClipsightError | null {
  const own = nameOf(machine);
  if (machine.platform === 'linux' && !machine.usesGlibc) {
    const message =
      'ONNX Runtime, which runs the models, needs glibc, and this editor is built for another C library, such as musl on Alpine.';
    return new ClipsightError('configuration', message, glibcRemedy);
  }
  if (shipped.includes(own)) return null;
  const others = shipped.filter((name) => name.startsWith(`${machine.platform}-`));
  if (packaged.some((one) => nameOf(one) === own)) {
    const message = `This Clipsight was packaged for ${shipped.join(', ') || 'no platform'}, and the editor is ${own}.`;
    return new ClipsightError(
      'configuration',
      message,
      `Install the package for ${own}${alternative(others)}.`,
    );
  }
  const message = `ONNX Runtime, which runs the models, is not built for ${own}.`;
  return new ClipsightError('configuration', message, remedyFor(machine, others));
}

const glibcRemedy =
  'Name a Node that is built for glibc in clipsight.engine.node, where this system can run one; else open the folder on another machine (Remote - SSH).';

function remedyFor({ platform }: Machine, others: readonly string[]): string {
  if (platform === 'darwin') {
    return 'On a Mac with Apple silicon, install the editor for Apple silicon, or name a Node for arm64 in clipsight.engine.node; on one with an Intel processor open the folder on another machine (Remote - SSH).';
  }
  if (others.length === 0) return 'Open the folder on another machine (Remote - SSH).';
  return `If this machine runs programs for ${others.join(' or ')}, name such a Node in clipsight.engine.node; else open the folder on another machine (Remote - SSH).`;
}

function alternative(others: readonly string[]): string {
  return others.length === 0 ? '' : `, or name a Node for ${others.join(' or ')} in clipsight.engine.node`;
}

/** Node's own report of itself names the glibc it runs with. */
function hasGlibc(): boolean {
  const report: { readonly header?: { readonly glibcVersionRuntime?: string } } = process.report.getReport();
  return report.header?.glibcVersionRuntime !== undefined;
}

function nameOf({ platform, arch }: { readonly platform: string; readonly arch: string }): string {
  return `${platform}-${arch}`;
}
