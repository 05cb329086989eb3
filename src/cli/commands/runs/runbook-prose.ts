import { type LocatedNode, readYaml } from '#runbook/yaml/located.ts';

/** Keys of a runbook whose texts are sentences for people. */
const SENTENCES: ReadonlySet<string> = new Set(
  `title summary impact description prerequisites prevention why manual finding warning none ask prompt
  hint reason read_because text`.split(/\s+/),
);

/** Returns the sentences of a runbook on one line each: all that it says to people. */
export function proseOf(file: string, text: string): readonly string[] {
  const { node } = readYaml({ file, text });
  return node === undefined ? [] : sentencesIn(node, false).map(onOneLine);
}

/** Returns text with every line end and space as one space, also where JSON wrote the line end. */
export function onOneLine(text: string): string {
  return text.replace(/(?:\s|\\+n)+/g, ' ');
}

function sentencesIn(node: LocatedNode, isSentence: boolean): readonly string[] {
  if (node.kind === 'scalar') return isSentence ? [node.text] : [];
  if (node.kind === 'sequence') return node.items.flatMap((item) => sentencesIn(item, isSentence));
  return [...node.entries].flatMap(([key, { value }]) => sentencesIn(value, SENTENCES.has(key)));
}
