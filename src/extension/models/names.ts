import { sep } from 'node:path';
import { l10n } from 'vscode';
import { type OwnUnit, parseReference } from './reference';

export interface SourceName {
  readonly label: string;
  /** Where it is from. */
  readonly origin: string;
}

/** What a model or dictionary is called in lists. @param home what `~` stands for */
export function nameOf(reference: string, home: string): SourceName {
  const parsed = parseReference(reference);
  switch (parsed.kind) {
    case 'bundled':
      return { label: parsed.name, origin: l10n.t('comes with Clipsight') };
    case 'own':
      return { label: unitsOf(parsed.unit, parsed.layer), origin: reference };
    case 'hub': {
      const { repository, revision, path } = parsed.id;
      const [owner = '', name = ''] = repository.split('/');
      const at = revision === null ? '' : `@${revision}`;
      return { label: `${name}${at}${path === null ? '' : `/${path}`}`, origin: owner };
    }
    case 'path':
      return pathName(parsed.path, home);
  }
}

function pathName(path: string, home: string): SourceName {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  // Most files of weights are called the same: their folder tells them apart.
  const label = parts.slice(generic.test(parts.at(-1) ?? '') ? -2 : -1).join('/') || path;
  const folder = path.slice(0, path.replace(/[\\/]+$/, '').length - label.length).replace(/(?!^)[\\/]+$/, '');
  return { label, origin: shortened(folder, home) };
}

const generic =
  /^(model|pytorch_model|open_clip_(pytorch_)?model|sae|sae_weights|ae|out|last|params|weights|checkpoint)(\.\w+)+$/i;

function shortened(path: string, home: string): string {
  if (path === home) return '~';
  return path.startsWith(`${home}${sep}`) ? `~${path.slice(home.length)}` : path;
}

function unitsOf(unit: OwnUnit, layer: number): string {
  switch (unit) {
    case 'neurons':
      if (layer === -1) return l10n.t('Neurons of the last block');
      if (layer === -2) return l10n.t('Neurons of the last block but one');
      return l10n.t('Neurons of block {0}', layer);
    case 'heads':
      if (layer === -1) return l10n.t('Heads of the last block');
      if (layer === -2) return l10n.t('Heads of the last block but one');
      return l10n.t('Heads of block {0}', layer);
  }
}
