/** Concepts that prompts may rely on, by the prompt or class they are declared for; `*` stands for anything. */
export type ExpectedConcepts = Readonly<Record<string, readonly string[]>>;

/** What was declared for a prompt: for what it is called, or for what it says. Letter case counts for nothing. */
export function expectedOf(
  declared: ExpectedConcepts,
  { name, text }: { readonly name: string; readonly text: string },
): readonly string[] {
  const concepts = Object.entries(declared).flatMap(([pattern, of]) => {
    const matches = globOf(pattern);
    return matches(name) || matches(text) ? of : [];
  });
  return [...new Set(concepts.map((concept) => concept.trim()).filter((concept) => concept !== ''))];
}

/** A pattern may be hundreds of `*` from a workspace's settings: no regular expression, which could take forever. */
function globOf(pattern: string): (text: string) => boolean {
  const pieces = pattern.trim().toLowerCase().split('*');
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  return (text) => {
    const said = text.trim().toLowerCase();
    if (last === undefined) return said === first;
    if (!said.startsWith(first) || said.length < first.length + last.length || !said.endsWith(last)) {
      return false;
    }
    const end = said.length - last.length;
    let at = first.length;
    for (const piece of rest) {
      const found = said.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
