/**
 * The scalars at the top level of a YAML file, as text: `key: value`, quoted or plain, comments left out. Nested
 * parts, lists and keys without a value are passed over. What a value means is for the reader to check.
 */
export function flatYaml(text: string): ReadonlyMap<string, string> {
  const entries = text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const found = /^([A-Za-z_][\w-]*)[ \t]*:[ \t]+(\S.*)$/.exec(line);
    if (found === null) return [];
    const value = scalar(found[2]!.trimEnd());
    return value === null ? [] : [[found[1]!, value]];
  });
  return new Map(entries);
}

function scalar(text: string): string | null {
  const double = /^"((?:[^"\\]|\\["\\])*)"\s*(?:#.*)?$/.exec(text);
  if (double !== null) return double[1]!.replace(/\\(["\\])/g, '$1');
  const single = /^'((?:[^']|'')*)'\s*(?:#.*)?$/.exec(text);
  if (single !== null) return single[1]!.replaceAll("''", "'");
  // Anchors, tags, blocks and flow collections begin with one of these.
  if (/^[&*!|>%@`"'[\]{},#]/.test(text)) return null;
  return text.replace(/\s+#.*$/, '');
}
