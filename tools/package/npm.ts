import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { platformOf, type Target } from './targets';

/**
 * Installs what package-lock.json has for running on a platform, whichever this machine is, into `folder`/node_modules.
 * npm holds every package to the lock's integrity; no script of a package is run.
 * @param root the project's folder
 * @throws Error with what npm said
 */
export function installFor(target: Target, root: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(root, file), join(folder, file));
  const { platform, arch } = platformOf[target];
  const options = [
    ...['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
    ...[`--os=${platform}`, `--cpu=${arch}`, ...(platform === 'linux' ? ['--libc=glibc'] : [])],
  ];
  const { status, error, stderr } = spawnSync('npm', ['ci', ...options], {
    cwd: folder,
    env: withoutNpm(process.env),
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm could not install what runs on ${target}:\n${stderr}`);
}

/** Without what an npm that started us says of this project. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(package|lifecycle)_/.test(name)));
}
