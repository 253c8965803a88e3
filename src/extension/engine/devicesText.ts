import { l10n } from 'vscode';
import type { Device, DeviceStatus, Outcome, Trial } from '../../shared/device';

/** Paragraphs of Markdown: what the model runs on, and what came of each device that was tried. */
export function devicesText({ computed, trials, notes }: DeviceStatus): string[] {
  return [
    l10n.t('The model runs on {0}, in {1}.', nameOf(computed.device), precisionName(computed.precision)),
    ...(trials.length === 0 ? [] : [table(trials)]),
    // What stands in the table is not said again.
    ...notes.filter((note) => !trials.some(({ why }) => note.includes(why))).map(escaped),
  ];
}

function table(trials: readonly Trial[]): string {
  const rows = trials.map(
    ({ device, outcome, why, remedy }) =>
      `| ${nameOf(device)} | ${outcomeName(outcome)} | ${escaped([why, ...(remedy === null ? [] : [remedy])].join(' '))} |`,
  );
  return [`| ${l10n.t('Device')} | | |`, '|:--|:--|:--|', ...rows].join('\n');
}

function nameOf(device: Device): string {
  switch (device) {
    case 'cpu':
      return l10n.t('the CPU');
    case 'webgpu':
      return 'WebGPU';
    case 'cuda':
      return 'CUDA';
    case 'directml':
      return 'DirectML';
    case 'coreml':
      return 'Core ML';
  }
}

function precisionName(precision: DeviceStatus['computed']['precision']): string {
  switch (precision) {
    case 'fp32':
      return l10n.t('single precision');
    case 'fp16':
      return l10n.t('half precision');
  }
}

function outcomeName(outcome: Outcome): string {
  switch (outcome) {
    case 'used':
      return l10n.t('used');
    case 'slower':
      return l10n.t('slower');
    case 'wrong':
      return l10n.t('wrong');
    case 'failed':
      return l10n.t('failed');
    case 'missing':
      return l10n.t('not there');
  }
}

/** The engine's sentences quote drivers and paths: none of that is Markdown. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~-]/g, '\\$&').replaceAll('\n', ' ');
}
