import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { html, type TemplateResult } from 'lit';

/**
 * Registers the controls that the panels share and draws those whose markup is particular to the kit: the one
 * module to change for another kit. `vscode-badge` and a determinate `vscode-progress-ring` write inline
 * style attributes, which our Content-Security-Policy refuses, so neither is used.
 */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Why it cannot be chosen now. */
  readonly unavailable?: string | undefined;
}

/** A drop-down list of a few values. `label` is what a screen reader calls it. */
export function dropdown<Value extends string>(
  label: string,
  choices: readonly Choice<Value>[],
  chosen: Value,
  onChoose: (value: Value) => void,
): TemplateResult {
  const choose = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    const choice = choices.find((candidate) => candidate.value === value);
    if (choice !== undefined && choice.value !== chosen) onChoose(choice.value);
  };
  return html`<vscode-dropdown aria-label=${label} @change=${choose} .currentValue=${chosen}>
    ${choices.map(
      ({ value, label: text, unavailable }) =>
        html`<vscode-option
          .value=${value}
          ?selected=${value === chosen}
          ?disabled=${unavailable !== undefined}
          title=${unavailable === undefined ? text : `${text}\n${unavailable}`}
          >${text}</vscode-option
        >`,
    )}
  </vscode-dropdown>`;
}
