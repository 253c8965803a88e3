import { readFile } from 'node:fs/promises';

/** Names that Linux gives to file systems whose files lie on other machines; of FUSE those that are known to. */
const networkTypes = new Set([
  ...['nfs', 'nfs4', 'cifs', 'smb3', 'smbfs', 'afs', 'ceph', 'coda', 'lustre', 'gpfs', 'beegfs', 'ncpfs'],
  ...['sshfs', 'rclone', 's3fs', 'gcsfuse', 'goofys', 'davfs', 'davfs2', 'curlftpfs', 'smbnetfs', 'glusterfs']
    .concat(['juicefs', 'mount-s3', 'geesefs', 'gvfsd-fuse'])
    .map((name) => `fuse.${name}`),
]);

/** Tells of an absolute real path whether it lies on a network drive. */
export type IsNetworkPath = (path: string) => boolean;

/**
 * As far as the system tells: on Linux by the type of what is mounted there, on Windows by UNC paths. Drives that
 * Windows gave a letter, and mounts of macOS, look like any other.
 */
export async function networkDrives(): Promise<IsNetworkPath> {
  if (process.platform === 'win32') return isUncPath;
  const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
  return (path) => isOnNetwork(path, mounts);
}

/** `\\server\share`, also in its long form; not the other `\\?\` and `\\.\` paths, which are of this machine. */
export function isUncPath(path: string): boolean {
  return /^[\\/]{2}(\?[\\/]UNC[\\/])?[^\\/?.]/i.test(path);
}

export interface Mount {
  readonly point: string;
  readonly type: string;
}

/** Lines of /proc/self/mountinfo (proc_pid_mountinfo(5)); what is not one is passed over. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4];
    const type = after.split(' ')[0];
    return point === undefined || type === undefined || type === ''
      ? []
      : [{ point: unescaped(point), type }];
  });
}

/** A path lies in the innermost mount, and of several at one place in the last. */
export function isOnNetwork(path: string, mounts: readonly Mount[]): boolean {
  const innermost = mounts.reduce<Mount | null>(
    (found, mount) =>
      contains(mount.point, path) && mount.point.length >= (found?.point.length ?? 0) ? mount : found,
    null,
  );
  return innermost !== null && networkTypes.has(innermost.type);
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Spaces and the like are written as three octal digits. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
