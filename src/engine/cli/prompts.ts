import { readFile, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { findPrompts } from '../../prompts/findPrompts';
import { languageOf } from '../../prompts/languages';
import { ClipsightError } from '../../shared/errors';
import type { FoundPrompts } from '../../shared/foundPrompts';
import { promptGlobs } from '../../shared/promptGlobs';
import type { Output } from './output';
import type { PromptsCommand } from './promptsArguments';
import { promptsTable } from './promptsTable';

/** In bytes, as in the editor. */
const LARGEST = 5_000_000;

/** The build puts them beside the programs. */
const grammars = path.join(__dirname, 'grammars');

/** What would be found in a file in the editor. Throws ClipsightError `prompt` that names it. No engine is needed. */
export async function runPrompts(command: PromptsCommand): Promise<Output> {
  const { file, names, calls, files } = command;
  if (languageOf(file) === null) {
    throw refused(
      file,
      'prompts are not looked for in files of this kind',
      'Give a file of Python, TypeScript, JavaScript, JSON, YAML, TOML, CSV, TSV, text, Markdown, or a notebook.',
    );
  }
  const text = await textOf(file);
  const options = { names: [...names], calls: [...calls], files: [...promptGlobs, ...files] };
  const found = (await findPrompts([{ path: globbedPath(file), text }], options, grammars))[0]!;
  const stdout = command.json
    ? `${JSON.stringify(foundJson(found))}\n`
    : `${promptsTable(file, text, found)}\n`;
  return { stdout, stderr: '', exitCode: 0 };
}

/** The JSON that the command line promises. */
function foundJson({ prompts, groups, images }: FoundPrompts) {
  return {
    prompts: prompts.map(({ text, start, end, group, kind }) => ({ text, start, end, group, kind })),
    groups,
    images,
  };
}

/** With slashes, from the current folder; from the root where it lies outside. */
function globbedPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  const isInside = !relative.startsWith('..') && !path.isAbsolute(relative);
  return (isInside ? relative : path.resolve(file)).split(path.sep).join('/').replace(/^\//, '');
}

async function textOf(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    const { size } = await stat(file);
    if (size > LARGEST) {
      throw refused(
        file,
        `it is larger than ${LARGEST / 1e6} MB, so it is left alone`,
        'Give the part of it that has the prompts as a file of its own.',
      );
    }
    bytes = await readFile(file);
  } catch (thrown) {
    if (thrown instanceof ClipsightError) throw thrown;
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
    const reason =
      code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a folder' : 'it cannot be read';
    throw refused(file, reason, 'Give the path of a file that you can read.');
  }
  try {
    // A byte order mark counts: places are those in the file.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused(file, 'it is not UTF-8', 'Save it with that encoding.');
  }
}

function refused(file: string, reason: string, remedy: string): ClipsightError {
  return new ClipsightError('prompt', `${file}: ${reason}.`, remedy);
}
