import * as vscode from 'vscode';
import type { ThemeKind } from '../../../shared/attributionColours';
import type { HoverText } from './hoverWriter';

/** A hover that may run the commands it links to, and no others. */
export function hoverOf({ markdown, commands }: HoverText, range: vscode.Range): vscode.Hover {
  const content = new vscode.MarkdownString(markdown);
  content.isTrusted = { enabledCommands: [...commands] };
  return new vscode.Hover(content, range);
}

export function currentThemeKind(): ThemeKind {
  const { ColorThemeKind } = vscode;
  switch (vscode.window.activeColorTheme.kind) {
    case ColorThemeKind.Light:
      return 'light';
    case ColorThemeKind.Dark:
      return 'dark';
    case ColorThemeKind.HighContrast:
      return 'highContrast';
    case ColorThemeKind.HighContrastLight:
      return 'highContrastLight';
  }
}
