const CLOSES: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/**
 * Returns what closes the quotes and brackets that a line of YAML leaves open, innermost first, e.g.
 * `"}` for `- { title: "Look`. A bracket or quote inside a plain text opens nothing.
 */
export function unclosed(line: string): string {
  const closers: string[] = [];
  let canBegin = true;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (/\s/.test(char)) continue;
    if (char === '#' && /(^|\s)$/.test(line.slice(0, at))) break;
    if (canBegin && (char === '"' || char === "'")) {
      const end = endOfQuoted(line, at);
      if (end === undefined) return closing([...closers, char]);
      at = end;
    }
    canBegin = afterSign(line, at, canBegin, closers);
  }
  return closing(closers);
}

function closing(closers: readonly string[]): string {
  return closers.toReversed().join('');
}

/** Notes a bracket at `at`, and tells whether a scalar can begin after it. */
function afterSign(line: string, at: number, canBegin: boolean, closers: string[]): boolean {
  const char = line[at] ?? '';
  const closer = canBegin ? CLOSES[char] : undefined;
  if (closer !== undefined) closers.push(closer);
  else if (char === closers.at(-1)) closers.pop();
  return closer !== undefined || beginsAfter(line, at, canBegin, closers.length > 0);
}

/** Returns whether a scalar can begin after the character at `at`. */
function beginsAfter(line: string, at: number, couldBegin: boolean, isInFlow: boolean): boolean {
  const char = line[at];
  const isBeforeBlank = /^(\s|$)/.test(line.slice(at + 1, at + 2));
  if (char === ':') return isBeforeBlank;
  if (char === '-') return couldBegin && isBeforeBlank;
  return char === ',' && isInFlow;
}

function endOfQuoted(line: string, open: number): number | undefined {
  const quote = line[open];
  for (let at = open + 1; at < line.length; at += 1) {
    if (quote === '"' && line[at] === '\\') at += 1;
    else if (line[at] === quote) {
      if (quote === '"' || line[at + 1] !== quote) return at;
      at += 1;
    }
  }
  return undefined;
}
