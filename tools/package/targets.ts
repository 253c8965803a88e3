/** The platforms that a package is made for, as VS Code names them. */
export const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'] as const;
export type Target = (typeof targets)[number];

/** As node names them. */
export interface Platform {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly arch: 'x64' | 'arm64';
}

export const platformOf: Readonly<Record<Target, Platform>> = {
  'linux-x64': { platform: 'linux', arch: 'x64' },
  'linux-arm64': { platform: 'linux', arch: 'arm64' },
  'darwin-arm64': { platform: 'darwin', arch: 'arm64' },
  'win32-x64': { platform: 'win32', arch: 'x64' },
  'win32-arm64': { platform: 'win32', arch: 'arm64' },
};

export function isTarget(name: string): name is Target {
  return targets.some((target) => target === name);
}

/** Null where this machine is none of them. */
export function targetHere(): Target | null {
  const name = `${process.platform}-${process.arch}`;
  return isTarget(name) ? name : null;
}
