import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import type { Reference } from '../config/reference.ts';

/**
 * What comes from a file or a command is secret as far as a text can be; a variable may also hold
 * what is no secret, as one that a runbook names for an input.
 */
export function staysSecret(input: InputDefinition, { kind }: Reference): boolean {
  if (input.secret) return true;
  const isKept = kind === 'file' || kind === 'command';
  return isKept && (input.type === 'text' || input.type === 'url');
}

/** Returns the runbook with the named inputs secret. */
export function withSecretInputs(runbook: Runbook, names: ReadonlySet<string>): Runbook {
  if (names.size === 0) return runbook;
  const inputs = runbook.inputs.map((input) =>
    names.has(input.name) ? { ...input, secret: true } : input,
  );
  return { ...runbook, inputs };
}

/**
 * Returns the value in what is kept: all of it for an input that is a text, else the first line, as
 * an entry of a password store has other things below the password. Undefined when there is none.
 */
export function keptValue(text: string, type: InputDefinition['type']): string | undefined {
  const value = type === 'text' ? text : (text.split(/\r?\n/, 1)[0] ?? '');
  return value.trim() === '' ? undefined : value.trim();
}
