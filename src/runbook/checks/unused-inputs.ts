import type { Diagnostic } from '../diagnostic.ts';
import type { Runbook } from '../model/runbook.ts';
import { keySpan } from '../yaml/document.ts';
import { readYaml } from '../yaml/located.ts';

/** Returns a warning for each input that nothing in a runbook or its library files reads. */
export function unusedInputs({ source, inputs }: Runbook): readonly Diagnostic[] {
  const read = new Set(
    [...source.text.matchAll(/\binputs\s*(?:\.\s*|\[\s*["'])([\w-]+)/g)].map(([, name]) => name),
  );
  const unused = inputs.filter(({ name }) => !read.has(name));
  const root = unused.length === 0 ? undefined : readYaml(source).node;
  if (root === undefined) return [];
  return unused.map(({ name }) => ({
    severity: 'warning',
    code: 'input-unused',
    message: `nothing uses the input "${name}"`,
    span: keySpan(root, ['inputs', name]),
    hint: `write inputs.${name} where the value belongs, or remove the input`,
  }));
}
