import { findUrlPasswords, splitUrl } from '#safety/redaction/url.ts';
import { isSecretName } from './quotable.ts';
import type { ConfigProblem } from './read.ts';
import { type Config, type ConfiguredValue, valuesOf } from './value.ts';

const OTHERS_READ = 0o044;

/** Returns a warning for every secret that a config file holds itself, and an error where others can read it. */
export function secretsByValue(config: Config): readonly ConfigProblem[] {
  const values = [...config.environments.values()].flatMap(valuesOf);
  return values.filter((value) => isSecretByValue(value, false)).map(secretByValue);
}

/**
 * True for a secret that stands in a config file itself; `isDeclared` says that a runbook calls its
 * input secret. A URL without a password gives nothing away.
 */
export function isSecretByValue({ reference, key }: ConfiguredValue, isDeclared: boolean): boolean {
  if (reference.kind !== 'text' || reference.text === '') return false;
  if (findUrlPasswords(reference.text).length > 0) return true;
  const isSecret = isDeclared || isSecretName(key.split('.').at(-1) ?? '');
  return isSecret && splitUrl(reference.text) === undefined;
}

/** Returns what is to be said about a secret that stands in a config file itself. */
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
