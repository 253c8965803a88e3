import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ClipsightError } from '../../shared/errors';

/** What the process's environment says about the hub, by the rules of Python's huggingface_hub. */
export interface HubEnvironment {
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** Absolute path of the cache that Python shares. */
  readonly cache: string;
  readonly token: string | null;
  /** The network must not be asked. */
  readonly offline: boolean;
  /** Files are moved or copied into snapshots instead of linked. */
  readonly noLinks: boolean;
  /** Proxies by what they are for, as the variables have them; an empty text is none. */
  readonly proxy: { readonly http: string; readonly https: string; readonly except: string };
}

type Variables = { readonly [name: string]: string | undefined };

/**
 * Reads the environment: HF_ENDPOINT; the cache from HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME/hub,
 * XDG_CACHE_HOME/huggingface/hub or ~/.cache/huggingface/hub; the token from HF_TOKEN, HUGGING_FACE_HUB_TOKEN or the
 * file that `hf auth login` writes; HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE; HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY.
 * A variable that is set to nothing counts as not set. Addresses are not looked at: the cache is used without them.
 */
export async function hubEnvironment(
  variables: Variables = process.env,
  home: string = homedir(),
): Promise<HubEnvironment> {
  const folder = (name: string): string | undefined => {
    const value = variables[name];
    return value ? resolve(expanded(value, variables, home)) : undefined;
  };
  const hfHome = folder('HF_HOME') ?? join(folder('XDG_CACHE_HOME') ?? join(home, '.cache'), 'huggingface');
  const all = variable(variables, 'ALL_PROXY');
  return {
    endpoint: (variables.HF_ENDPOINT || 'https://huggingface.co').trim().replace(/\/+$/, ''),
    cache: folder('HF_HUB_CACHE') ?? folder('HUGGINGFACE_HUB_CACHE') ?? join(hfHome, 'hub'),
    token: isTrue(variables.HF_HUB_DISABLE_IMPLICIT_TOKEN)
      ? null
      : (cleaned(variables.HF_TOKEN || variables.HUGGING_FACE_HUB_TOKEN) ??
        (await tokenFile(folder('HF_TOKEN_PATH') ?? join(hfHome, 'token')))),
    offline: isTrue(variables.HF_HUB_OFFLINE || variables.TRANSFORMERS_OFFLINE),
    noLinks: isTrue(variables.HF_HUB_DISABLE_SYMLINKS),
    proxy: {
      http: variable(variables, 'HTTP_PROXY') || all,
      https: variable(variables, 'HTTPS_PROXY') || all,
      except: variable(variables, 'NO_PROXY'),
    },
  };
}

/** Lower case goes first, as in curl. */
function variable(variables: Variables, name: string): string {
  return variables[name.toLowerCase()] || variables[name] || '';
}

/**
 * The same with addresses that can be connected to.
 *
 * @throws ClipsightError `configuration` that names the variable, and not its value: a proxy's may hold a password.
 */
export function withAddresses(environment: HubEnvironment): HubEnvironment {
  const { endpoint, proxy } = environment;
  return {
    ...environment,
    endpoint: address('HF_ENDPOINT', endpoint),
    proxy: {
      http: proxyAddress('HTTP_PROXY (or ALL_PROXY)', proxy.http),
      https: proxyAddress('HTTPS_PROXY (or ALL_PROXY)', proxy.https),
      except: proxy.except,
    },
  };
}

/** curl and Python take a proxy without a scheme, too. */
function proxyAddress(name: string, value: string): string {
  return value === '' ? '' : address(name, /^\w+:\/\//.test(value) ? value : `http://${value}`);
}

function address(name: string, value: string): string {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw new ClipsightError('configuration', `${name} is not an http or https address.`, `Correct ${name}.`);
}

/** `~`, `$NAME`, `${NAME}` and, on Windows, `%NAME%`; unknown variables stay as they are. */
function expanded(path: string, variables: Variables, home: string): string {
  const pattern = process.platform === 'win32' ? /\$(\w+)|\$\{(\w+)\}|%(\w+)%/g : /\$(\w+)|\$\{(\w+)\}/g;
  return path
    .replace(/^~(?=$|[/\\])/, home)
    .replace(pattern, (whole, a?: string, b?: string, c?: string) => variables[a ?? b ?? c ?? ''] ?? whole);
}

function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}

async function tokenFile(path: string): Promise<string | null> {
  return cleaned(await readFile(path, 'utf8').catch(() => undefined));
}

function cleaned(token: string | undefined): string | null {
  return token?.replace(/[\r\n]/g, '').trim() || null;
}
