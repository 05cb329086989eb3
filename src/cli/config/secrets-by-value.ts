import { findUrlPasswords, splitUrl } from '#text/url.ts';
import { isSecretName } from './quotable.ts';
import type { ConfigProblem } from './read.ts';
import { type Config, type ConfiguredValue, valuesOf } from './value.ts';

const OTHERS_READ = 0o044;

/**
 * Returns a warning for every secret in the text of a config file, and an error if others can read
 * the file.
 */
export function secretsByValue(config: Config): readonly ConfigProblem[] {
  const values = [...config.environments.values()].flatMap(valuesOf);
  const secrets = values.filter((value) => isSecretByValue(value, false));
  // Environments share the values of what they extend.
  return [...new Map(secrets.map((value) => [value.span.start, value])).values()].map(
    secretByValue,
  );
}

/**
 * True for a secret in the text of a config file; `isDeclared` means that a runbook declares its
 * input secret. A URL without a password is none.
 */
export function isSecretByValue({ reference, key }: ConfiguredValue, isDeclared: boolean): boolean {
  if (reference.kind !== 'text' || reference.text === '') return false;
  if (findUrlPasswords(reference.text).length > 0) return true;
  const isSecret = isDeclared || isSecretName(key.split('.').at(-1) ?? '');
  return isSecret && splitUrl(reference.text) === undefined;
}

/** Returns the problem of a secret in the text of a config file. */
export function secretByValue({ file, span, key }: ConfiguredValue): ConfigProblem {
  const name = key.split('.').at(-1);
  if ((file.mode & OTHERS_READ) === 0)
    return {
      severity: 'warning',
      code: 'secret-by-value',
      message: `${name} is a secret stored in this file`,
      span,
      hint: 'use a reference instead: env:NAME, file:PATH or command: …',
    };
  const mode = file.mode.toString(8).padStart(4, '0');
  return {
    severity: 'error',
    code: 'readable-secret',
    message: `${name} is a secret stored in this file, and other users can read it (${mode})`,
    span,
    hint: `chmod 600 ${file.source.file}; or use a reference: env:, file: or command:`,
  };
}
