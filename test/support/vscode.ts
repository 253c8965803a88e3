/** What the pure parts of the extension need of the editor: sentences with their gaps filled. */
export const l10n = {
  t: (message: string, ...values: unknown[]) =>
    message.replace(/\{(\d+)\}/g, (_gap, index) => String(values[Number(index)])),
};
