import { describe, expect, it } from 'vitest';
import { isOnNetwork, isUncPath, parseMounts } from '../../../src/engine/library/networkDrive';

const mountinfo = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /data rw,relatime shared:2 - nfs4 server:/data rw,vers=4.2
31 22 0:26 / /mnt/with\\040space rw - cifs //server/share rw
32 30 8:2 / /data/local rw - xfs /dev/sdb1 rw
33 22 0:27 / /home/me/remote rw,nosuid - fuse.sshfs me@server: rw
34 22 0:28 / /media/stick rw - fuseblk /dev/sdc1 rw
35 22 0:29 / /over rw - nfs server:/x rw
36 22 0:30 / /over rw master:3 - tmpfs tmpfs rw

half a line
`;

describe('network drives', () => {
  const mounts = parseMounts(mountinfo);

  it('reads what is mounted', () => {
    expect(mounts).toHaveLength(8);
    expect(mounts[2]).toEqual({ point: '/mnt/with space', type: 'cifs' });
  });

  it.each([
    ['/data', true],
    ['/data/pictures/a', true],
    ['/data/local/x', false],
    ['/database', false],
    ['/mnt/with space/x', true],
    ['/home/me', false],
    ['/home/me/remote', true],
    ['/media/stick/x', false],
    ['/over/x', false],
    ['/', false],
  ])('tells of %s: %s', (path, expected) => {
    expect(isOnNetwork(path, mounts)).toBe(expected);
  });

  it.each([
    ['\\\\server\\share\\x', true],
    ['//server/share', true],
    ['\\\\?\\UNC\\server\\share', true],
    ['\\\\?\\C:\\x', false],
    ['\\\\.\\pipe', false],
    ['C:\\x', false],
  ])('tells UNC paths: %s %s', (path, expected) => {
    expect(isUncPath(path)).toBe(expected);
  });
});
