/** A name defined in a text, with its description. */
type Named = { readonly value: string; readonly about?: string };

/**
 * Returns the names of a runbook's inputs. The text is scanned, not parsed: that is fast, and works
 * on unfinished runbooks.
 */
export function inputNames(text: string): readonly Named[] {
  return keysUnder('inputs', text);
}

/** Returns the IDs of a runbook's steps with their titles, in the same way. */
export function stepIds(text: string): readonly Named[] {
  const found = [...text.matchAll(/^\s*-\s*(?:\{\s*)?id:\s*["']?([a-z][\w-]*)/gm)];
  return found.map((match, index) => {
    const body = text.slice(match.index, found[index + 1]?.index);
    const [, title] = /(?:^\s+|,\s*)title:\s*["']?([^"'\n,}]+)/m.exec(body) ?? [];
    const value = match[1] ?? '';
    return title === undefined ? { value } : { value, about: title.trim() };
  });
}

/** Returns the names of a config file's environments. */
export function environmentNames(text: string): readonly Named[] {
  return keysUnder('environments', text);
}

function keysUnder(key: string, text: string): readonly Named[] {
  const [, inline, block = ''] =
    new RegExp(
      `^${key}:[ \\t]*(\\{.*\\})?[ \\t]*(?:#.*)?\\n((?:[ \\t]+.*\\n|[ \\t]*\\n|#.*\\n)*)`,
      'm',
    ).exec(`${text}\n`) ?? [];
  if (inline !== undefined)
    return [...inline.slice(1).matchAll(/(?:^|,)\s*([a-z][\w-]*)\s*:/g)].map(([, value = '']) => ({
      value,
    }));
  const indent = /^([ \t]+)[a-z]/m.exec(block)?.[1] ?? '';
  if (indent === '') return [];
  const keys = [...block.matchAll(new RegExp(`^${indent}([a-z][\\w-]*):(.*)$`, 'gm'))];
  return keys.map((match, index) => {
    const body = block.slice(match.index, keys[index + 1]?.index);
    const [, about] = /description:\s*["']?([^"'\n}]+)/.exec(body) ?? [];
    const value = match[1] ?? '';
    return about === undefined ? { value } : { value, about: about.trim() };
  });
}
