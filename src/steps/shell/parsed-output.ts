import type { Parse } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { jsonFault } from './json-fault.ts';

/** The maximum of a script's standard output that can be parsed, in bytes. */
export const PARSED_BYTES = 1024 * 1024;

/** Returns the bytes of standard output to keep for parsing; undefined for none. */
export function parsedBytes(parse: Parse): number | undefined {
  return parse === 'text' ? undefined : PARSED_BYTES;
}

type Parsed = { readonly fields: Readonly<Record<string, Json>> } | { readonly error: StepError };

/**
 * Parses a script's standard output into `json`, or into `lines` without their line ends. Output
 * that was too long (undefined) is an error: a part of it would be misleading.
 */
export function parseOutput(parse: Parse, text: string | undefined): Parsed {
  if (parse === 'text') return { fields: {} };
  if (text === undefined) return { error: TOO_LONG };
  return parse === 'lines' ? { fields: { lines: linesOf(text) } } : parseJson(text);
}

const TOO_LONG: StepError = {
  kind: 'unexpected',
  message: `the script printed more than can be parsed (${PARSED_BYTES / 1024} KiB)`,
  hint: 'Print less: select in the script what the runbook needs.',
};

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function parseJson(text: string): Parsed {
  try {
    return { fields: { json: JSON.parse(text) as Json } };
  } catch {
    return { error: notJson(text) };
  }
}

function notJson(text: string): StepError {
  if (text.trim() === '')
    return { kind: 'unexpected', message: 'the script printed nothing where JSON was expected' };
  const { line, column, found } = jsonFault(text);
  return {
    kind: 'unexpected',
    message: `the standard output is not JSON: line ${line}, column ${column}: ${found}`,
  };
}
