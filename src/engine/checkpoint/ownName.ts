import { basename, sep } from 'node:path';

/**
 * What a folder or file is called. In the cache of the hub the folder of a snapshot is called by its commit, which says
 * nothing: there it is `owner/name`, with the path within where there is one.
 */
export function ownName(path: string): string {
  const [, owner, name, within = ''] =
    /(?:^|\/)models--([^/]+?)--([^/]+)\/snapshots\/[^/]+(\/.+)?$/.exec(path.split(sep).join('/')) ?? [];
  return owner === undefined || name === undefined ? basename(path) : `${owner}/${name}${within}`;
}
