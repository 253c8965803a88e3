/** Tells whoever holds `element`, or holds what holds it, that something was asked for. */
export function emit<Detail>(element: HTMLElement, name: string, detail: Detail): void {
  element.dispatchEvent(new CustomEvent<Detail>(name, { detail, bubbles: true, composed: true }));
}
