import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import type { Reference } from '../config/reference.ts';

/**
 * Returns whether a value makes its text input secret: always from a file or a command; a variable
 * that a runbook names for an input may also hold a public value.
 */
export function staysSecret(input: InputDefinition, { kind }: Reference): boolean {
  if (input.secret) return true;
  const isKept = kind === 'file' || kind === 'command';
  return isKept && (input.type === 'text' || input.type === 'url');
}

/** Returns the runbook with the named inputs made secret. */
export function withSecretInputs(runbook: Runbook, names: ReadonlySet<string>): Runbook {
  if (names.size === 0) return runbook;
  const inputs = runbook.inputs.map((input) =>
    names.has(input.name) ? { ...input, secret: true } : input,
  );
  return { ...runbook, inputs };
}

/**
 * Returns the value in a stored text: all of it for a text or a list, else the first line, since an
 * entry of a password store has other data below the password. Undefined if there is none.
 */
export function keptValue(text: string, type: InputDefinition['type']): string | undefined {
  const isWhole = type === 'text' || type === 'list';
  const value = isWhole ? text : (text.split(/\r?\n/, 1)[0] ?? '');
  return value.trim() === '' ? undefined : value.trim();
}
