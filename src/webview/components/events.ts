/** Tells whoever holds `element` that something was asked for. Crosses shadow roots, never bubbles further. */
export function emit<Detail>(element: HTMLElement, name: string, detail: Detail): void {
  element.dispatchEvent(new CustomEvent<Detail>(name, { detail }));
}
