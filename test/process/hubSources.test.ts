import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubServer, repoOfFolder, type ServedRepo } from '../support/hubServer';
import { type CommandLine, commandLine, type Ended, withoutNotes } from './fixtures/clipsight';
import { withVocabulary } from './fixtures/withVocabulary';

/** Models and dictionaries of a hub on this machine, through the built command line. */
const root = path.resolve(__dirname, '../..');
const wolf = 'examples/demo/images/wolf/wolf_00.jpg';
const emojiClip = path.join(root, 'models/emoji-clip');
const saeCls = path.join(root, 'models/sae-cls');
const tiny = path.join(root, 'test/golden/models/tiny-quick-fp16');
const attributing = path.join(
  root,
  'test/golden/formats/attributing-clip/clip_vit_tiny_imagenet_topk-cls-12-48_layer--2_lr_0.0002',
);
const openClip = path.join(root, 'test/golden/checkpoints/open_clip-safetensors');
const opened: CommandLine[] = [];
afterAll(() => {
  for (const here of opened) here.remove();
});

const attribute = ['attribute', wolf, '--prompt', 'a wolf', '--top', '5', '--json'];

/** A command line with caches of its own, that asks the hub for what they do not have. */
function personAt(server: HubServer): Person {
  const here = commandLine();
  opened.push(here);
  const hub = { HF_ENDPOINT: server.endpoint };
  return {
    here,
    run: (args, env = {}) => here.run(args, { ...hub, ...env }),
    async json(args, env = {}) {
      const { code, stdout, stderr } = await here.run(args, { ...hub, ...env });
      expect({ code, stderr: withoutNotes(stderr) }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout);
    },
  };
}

interface Person {
  readonly here: CommandLine;
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  json(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Record<string, unknown>>;
}

const offline = { HF_HUB_OFFLINE: '1' };
const repos = (): { [id: string]: ServedRepo } => ({
  'owner/clip': repoOfFolder(emojiClip),
  'owner/sae': repoOfFolder(saeCls),
  'owner/attributing': repoOfFolder(attributing),
  'owner/patchsae': {
    files: { 'sae.pt': readFileSync(path.join(root, 'test/golden/formats/patchsae/out.pt')) },
  },
  'owner/tiny': repoOfFolder(tiny),
  'owner/poem': { files: { 'README.md': Buffer.from('Roses are red') } },
});

const servers: HubServer[] = [];
async function hubWith(served = repos()): Promise<HubServer> {
  const server = await HubServer.start({ repos: served });
  servers.push(server);
  return server;
}
afterAll(() => Promise.all(servers.map((server) => server.stop())));

/** Of a card, what says what the thing is, and not where it lies. */
function facts({ id, source, tokenizer, files, notes, ...rest }: Record<string, unknown>): unknown {
  return rest;
}

describe.concurrent('inspect', () => {
  it('says of what is on the hub the same as of files, from no more than their headers', async () => {
    const server = await hubWith();
    const { here, json } = personAt(server);
    for (const [id, folder] of [
      ['owner/clip', emojiClip],
      ['owner/sae', saeCls],
      ['owner/attributing', attributing],
    ] as const) {
      const card = await json(['inspect', id, '--json']);
      expect(facts(card)).toEqual(facts(await json(['inspect', folder, '--json'])));
      expect(card).toMatchObject({ id, source: id });
      expect((card.notes as string[]).slice(-1)).toEqual([
        expect.stringMatching(/It is on the hub, not on this machine: \d+ MB/),
      ]);
    }
    const weights = statSync(path.join(emojiClip, 'model.safetensors')).size;
    const header = readFileSync(path.join(emojiClip, 'model.safetensors')).readUInt32LE() + 8;
    expect(server.bytesSent('model.safetensors')).toBeGreaterThanOrEqual(header);
    expect(server.bytesSent('model.safetensors')).toBeLessThan(weights / 20);
    expect(server.bytesSent('sae.safetensors')).toBeLessThan(
      statSync(path.join(saeCls, 'sae.safetensors')).size / 5,
    );
    expect(weightsIn(here.cache)).toEqual([]);
  });

  it('says what is not there, and what is neither', async () => {
    const { run } = personAt(await hubWith());
    expect(await run(['inspect', 'owner/gone'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^.*owner\/gone.*\n$/),
    });
    expect((await run(['inspect', 'owner/poem'])).stderr).toMatch(
      /^owner\/poem is neither a model nor a dictionary.*no weights that could be those of a model.*no weights that could be those of a dictionary.*\n$/,
    );
  });
});

describe.concurrent('attribute', () => {
  it('downloads what it needs once, gives the numbers of local files, and then needs no hub', async () => {
    const server = await hubWith();
    const { here, run, json } = personAt(server);
    const fromHub = [...attribute, '--model', 'owner/clip', '--dictionary', 'owner/sae'];
    const first = await json(fromHub);
    const local = await json([...attribute, '--model', emojiClip, '--dictionary', saeCls]);
    expect(first.results).toEqual(local.results);
    const bytes = (name: string) => server.bytesSent(name);
    expect(bytes('model.safetensors')).toBe(statSync(path.join(emojiClip, 'model.safetensors')).size);
    expect(bytes('sae.safetensors')).toBe(statSync(path.join(saeCls, 'sae.safetensors')).size);

    await server.stop();
    expect(await json(fromHub)).toEqual(first);
    expect(await json(fromHub, offline)).toEqual(first);
    const { stdout } = await run(['download', 'owner/clip']);
    expect(readdirSync(stdout.trim())).toContain('model.safetensors');
    expect(stdout.startsWith(path.join(here.cache, 'huggingface/hub/models--owner--clip'))).toBe(true);

    // The engine leaves nothing elsewhere: ONNX Runtime would keep an id of the machine.
    expect(readdirSync(here.cache).toSorted()).toEqual(['clipsight', 'huggingface']);
    expect(readdirSync(here.home)).toEqual([]);
    expect(readdirSync(here.scratch).toSorted()).toEqual(['cache', 'home']);
  });

  it('says what the cache does not have where the network is switched off', async () => {
    const { run } = personAt(await hubWith());
    const { code, stdout, stderr } = await run([...attribute, '--model', 'owner/clip'], offline);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^owner\/clip is not in the cache.*HF_HUB_OFFLINE.*\n$/);
  });

  it('notes what the hub could not be asked', async () => {
    const { here, json, run } = personAt(await hubWith());
    const args = ['--model', 'owner/tiny', '--dictionary', 'owner/patchsae', '--top', '1'];
    const known = await json([...attribute, ...args]);
    // As a cache that was copied from elsewhere, or that Python filled.
    rmSync(path.join(here.cache, 'huggingface/hub/models--owner--patchsae/.no_exist'), { recursive: true });
    const { stdout } = await run(['attribute', wolf, '--prompt', 'a wolf', ...args], offline);
    expect(stdout).toMatch(
      /Note: Whether the hub has config\.json or cfg\.json of owner\/patchsae could not be asked/,
    );
    expect((await json([...attribute, ...args], offline)).results).toEqual(known.results);
  });
});

describe.concurrent('download', () => {
  it('finds out what it is, or takes the word for it, and prints where it lies', async () => {
    const server = await hubWith();
    const { here, run } = personAt(server);
    for (const [args, file] of [
      [['owner/sae'], 'sae.safetensors'],
      [['owner/tiny', '--kind', 'model'], 'model.safetensors'],
    ] as const) {
      const { code, stdout, stderr } = await run(['download', ...args]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(readdirSync(stdout.trim())).toEqual(expect.arrayContaining([file, 'config.json']));
    }
    expect(weightsIn(here.cache)).toHaveLength(2);
    const asked = server.requests.length;
    expect((await run(['download', 'owner/sae', '--kind', 'dictionary'])).code).toBe(0);
    expect(server.requests).toHaveLength(asked);
    expect((await run(['download', 'owner/poem'])).stderr).toMatch(
      /neither a model nor a dictionary.*--kind model, or --kind dictionary\.\n$/,
    );
  });
});

describe.concurrent('a checkpoint without a tokenizer', () => {
  let bare: string;
  let scratch: CommandLine;
  beforeAll(async () => {
    scratch = commandLine();
    opened.push(scratch);
    bare = path.join(scratch.scratch, 'bare');
    cpSync(openClip, bare, { recursive: true });
    for (const name of ['tokenizer.json', 'tokenizer_config.json']) rmSync(path.join(bare, name));
    await withVocabulary(bare, 49_408);
  });

  it('has that of CLIP from the hub', async () => {
    const server = await hubWith({
      'openai/clip-vit-base-patch32': {
        files: {
          ...repoOfFolder(openClip).files,
          'model.safetensors': readFileSync(path.join(tiny, 'model.safetensors')),
        },
      },
    });
    const { json } = personAt(server);
    const borrowed = await json([...attribute, '--model', bare, '--dictionary', 'neurons:0']);
    const own = await json([...attribute, '--model', openClip, '--dictionary', 'neurons:0']);
    // The rows that were added to its vocabulary are of no word: a tokenizer of the same words gives the same.
    expect(borrowed.results).toEqual(own.results);
    const served = server.requests.filter(({ path: asked }) => asked.includes('/resolve/'));
    expect(served.map(({ path: asked }) => path.basename(asked)).toSorted()).toEqual([
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    await server.stop();
    expect((await json([...attribute, '--model', bare, '--dictionary', 'neurons:0'])).results).toEqual(
      own.results,
    );
  });

  it('is refused where that cannot be had, and where its vocabulary is not that of CLIP', async () => {
    const { here, run } = personAt(await hubWith({}));
    const withoutHub = await run([...attribute, '--model', bare], offline);
    expect(withoutHub).toMatchObject({ code: 2, stdout: '' });
    expect(withoutHub.stderr).toMatch(
      /^.*bare has no tokenizer\.json, and CLIP's own cannot be had: .*Put the tokenizer\.json that belongs to the model beside its weights\..*\n$/,
    );
    const other = path.join(here.scratch, 'other');
    cpSync(openClip, other, { recursive: true });
    rmSync(path.join(other, 'tokenizer.json'));
    expect((await run([...attribute, '--model', other])).stderr).toMatch(
      /^.*other has no tokenizer\.json\. Put the tokenizer\.json that belongs.*\n$/,
    );
  });
});

/** Files in the hub's cache that are as large as weights. */
function weightsIn(cache: string): string[] {
  return readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.endsWith('blobs'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size > 100_000);
}
