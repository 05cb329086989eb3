import { EXIT, RunbookError } from '#errors.ts';
import {
  type ParametersOf,
  PROBE_PARAMETERS,
  type ProbeName,
  type ProbeParameter,
} from '#runbook/model/probe-parameters.ts';
import type { Json } from '#runbook/model/value.ts';
import { didYouMean } from '#text/suggest.ts';

/**
 * Validates the parameters of a probe; null counts as missing. Throws a RunbookError that names the
 * parameter and never its value, which may be a secret.
 */
export function readParameters<Name extends ProbeName>(
  probe: Name,
  given: Readonly<Record<string, Json>>,
): ParametersOf<Name> {
  const known: Readonly<Record<string, ProbeParameter>> = PROBE_PARAMETERS[probe];
  for (const name of Object.keys(given))
    if (!Object.hasOwn(known, name))
      throw wrong(`${probe} has no parameter "${name}"`, didYouMean(name, Object.keys(known)));
  const values = Object.entries(known).map(([name, parameter]) => {
    const value = given[name] ?? undefined;
    if (value === undefined && parameter.required) throw wrong(`${probe} needs ${name}`);
    const what = `${name} of ${probe}`;
    return [name, value === undefined ? undefined : readValue(what, parameter, value)];
  });
  return Object.fromEntries(values) as ParametersOf<Name>;
}

function readValue(what: string, parameter: ProbeParameter, value: Json): Json {
  const { type, choices } = parameter;
  if (type === 'integer') return readInteger(what, parameter, value);
  if (type === 'integers')
    return (Array.isArray(value) ? value : [value]).map((item: Json) =>
      readInteger(what, parameter, item),
    );
  const text = String(value);
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw wrong(`${what} is neither true nor false`);
  }
  if (typeof value === 'object') throw wrong(`${what} is no text`);
  if (choices !== undefined && !choices.includes(text))
    throw wrong(`${what} is not one of ${choices.join(', ')}`);
  return text;
}

function readInteger(what: string, { range }: ProbeParameter, value: Json): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const [least, most] = range ?? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  if (Number.isInteger(number) && Number(number) >= least && Number(number) <= most)
    return Number(number);
  const bounds = range === undefined ? '' : ` from ${least} to ${most}`;
  throw wrong(`${what} is no whole number${bounds}`);
}

function wrong(message: string, hint?: string): RunbookError {
  return new RunbookError(message, { code: 'probe-parameter', exitCode: EXIT.invalid, hint });
}
