import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { hubEnvironment, withAddresses } from '../../../src/engine/hub/environment';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';

const home = resolve('/no/such/home');

describe('the cache', () => {
  test.each<[string, { [name: string]: string }]>([
    [join(home, '.cache/huggingface/hub'), {}],
    [join(home, '.cache/huggingface/hub'), { HF_HOME: '', XDG_CACHE_HOME: '' }],
    [resolve('/x/huggingface/hub'), { XDG_CACHE_HOME: '/x' }],
    [resolve('/h/hub'), { HF_HOME: '/h', XDG_CACHE_HOME: '/x' }],
    [resolve('/old'), { HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/h' }],
    [resolve('/new'), { HF_HUB_CACHE: '/new', HUGGINGFACE_HUB_CACHE: '/old' }],
    [join(home, 'big/hub'), { HF_HOME: '~/big' }],
    [resolve('/scratch/me/hub'), { HF_HUB_CACHE: '$SCRATCH/\x24{WHO}/hub', SCRATCH: '/scratch', WHO: 'me' }],
  ])('is %s', async (cache, variables) => {
    expect((await hubEnvironment(variables, home)).cache).toBe(cache);
  });
});

describe('the token', () => {
  const folder = () => {
    const made = temporaryFolder();
    writeFileSync(join(made, 'token'), 'hf_file\n');
    mkdirSync(join(made, '.cache/huggingface'), { recursive: true });
    writeFileSync(join(made, '.cache/huggingface/token'), ' hf_home\r\n');
    return made;
  };

  it.each<[string | null, (folder: string) => { [name: string]: string }]>([
    ['hf_env', () => ({ HF_TOKEN: ' hf_env\n', HUGGING_FACE_HUB_TOKEN: 'hf_old' })],
    ['hf_old', () => ({ HF_TOKEN: '', HUGGING_FACE_HUB_TOKEN: 'hf_old' })],
    ['hf_file', (at) => ({ HF_TOKEN_PATH: join(at, 'token') })],
    ['hf_file', (at) => ({ HF_HOME: at })],
    ['hf_home', () => ({})],
    [null, () => ({ HF_TOKEN: 'hf_env', HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' })],
    [null, () => ({ HF_HOME: '/nowhere' })],
  ])('%s', async (token, variables) => {
    const at = folder();
    expect((await hubEnvironment(variables(at), at)).token).toBe(token);
  });
});

it('knows endpoint, proxies and whether the network may be asked', async () => {
  expect(
    await hubEnvironment(
      {
        HF_ENDPOINT: 'https://mirror.example/hf/',
        HF_HUB_OFFLINE: 'yes',
        https_proxy: 'http://small:1',
        HTTPS_PROXY: 'http://large:1',
        ALL_PROXY: 'all:3128',
        NO_PROXY: 'localhost',
      },
      home,
    ),
  ).toMatchObject({
    endpoint: 'https://mirror.example/hf',
    offline: true,
    proxy: { http: 'all:3128', https: 'http://small:1', except: 'localhost' },
  });
  expect(await hubEnvironment({ TRANSFORMERS_OFFLINE: '1' }, home)).toMatchObject({ offline: true });
  expect(await hubEnvironment({ HF_HUB_OFFLINE: '0' }, home)).toMatchObject({
    endpoint: 'https://huggingface.co',
    offline: false,
  });
});

it('takes proxies without a scheme', async () => {
  const { proxy } = withAddresses(await hubEnvironment({ HTTP_PROXY: 'host:3128' }, home));
  expect(proxy).toEqual({ http: 'http://host:3128', https: '', except: '' });
});

test.each<[string, string]>([
  ['HF_ENDPOINT', 'huggingface.co'],
  ['HTTPS_PROXY', 'socks5://secret:word@host:1'],
])('%s that is no address is refused, and not repeated', async (name, value) => {
  const environment = await hubEnvironment({ [name]: value }, home);
  const refused = Promise.resolve().then(() => withAddresses(environment));
  await expectError(refused, 'configuration', name);
  await expect(refused).rejects.not.toThrow(value);
});
