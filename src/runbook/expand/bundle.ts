import { readYaml } from '../yaml/located.ts';
import { partsOf, type Source, withPart } from '../yaml/source.ts';
import { usedNames } from './library.ts';

/** The list of library files at the top level of a document, without the rest of it. */
const USES = /^uses:.*(?:\r?\n(?:[ \t-].*)?)*/m;

/**
 * Returns the source of a runbook or library file with the library files that it uses, and those that
 * they use. `read` returns the text of a library file by name, or undefined if there is none; what is
 * missing is reported when the runbook is parsed.
 */
export function withLibraries(source: Source, read: (name: string) => string | undefined): Source {
  const known = new Set(partsOf(source).map(({ name }) => name));
  const wanted = [...namesIn(source.text)];
  let { text } = source;
  for (const name of wanted) {
    if (known.has(name)) continue;
    known.add(name);
    const library = read(name);
    if (library === undefined) continue;
    text = withPart(text, name, library);
    wanted.push(...namesIn(library));
  }
  return text === source.text ? source : { ...source, text };
}

function namesIn(text: string): readonly string[] {
  const [list] = USES.exec(text) ?? [];
  const { node } = list === undefined ? { node: undefined } : readYaml({ file: '', text: list });
  return node === undefined ? [] : usedNames(node).map(({ name }) => name);
}
