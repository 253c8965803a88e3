import { deflateRawSync } from 'node:zlib';
import SevenZip from '7z-wasm';

/** Below it the better search gains less than it costs to start. */
const smallest = 64 * 1024;

/**
 * A raw deflate stream of `data`, or null where that saves less than a hundredth. Large data is packed by 7-Zip, whose
 * search for the shortest stream takes about 6 % off what zlib makes of a native library at its best: without that the
 * package for linux-x64 would be larger than it may be. Any unzip reads both.
 */
export async function deflate(data: Uint8Array): Promise<Uint8Array | null> {
  const deflated = deflateRawSync(data, { level: 9, memLevel: 9 });
  if (deflated.length > data.length * 0.99) return null;
  if (data.length < smallest) return deflated;
  const searched = await sevenZipDeflate(data);
  return searched.length < deflated.length ? searched : deflated;
}

/** The deflate stream of a gzip file that 7-Zip makes in memory. Level 9 would take three times as long for 0.2 %. */
async function sevenZipDeflate(data: Uint8Array): Promise<Uint8Array> {
  const errors: string[] = [];
  const sevenZip = await SevenZip({ print: () => {}, printErr: (line) => errors.push(line) });
  sevenZip.FS.writeFile('data', data);
  sevenZip.callMain(['a', '-tgzip', '-mx=7', 'data.gz', 'data']);
  const file = sevenZip.FS.readFile('data.gz');
  const body = gzipBody(file);
  if (body === null) throw new Error(`7-Zip wrote no gzip file. ${errors.join('\n')}`);
  return body;
}

/** What lies between header and trailer (RFC 1952) of a file with at most a name in its header. */
function gzipBody(file: Uint8Array): Uint8Array | null {
  const [first, second, method, flags] = file;
  if (first !== 0x1f || second !== 0x8b || method !== 8 || (flags !== 0 && flags !== 8)) return null;
  const start = flags === 8 ? file.indexOf(0, 10) + 1 : 10;
  return file.subarray(start, file.length - 8);
}
