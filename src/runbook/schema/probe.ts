import * as z from 'zod/mini';
import {
  PROBE_MEANINGS,
  PROBE_PARAMETERS,
  type ProbeName,
  type ProbeParameter,
} from '../model/probe-parameters.ts';
import { opt } from './parts.ts';

/** Matches a placeholder for a value of any type; the value is checked when it is rendered. */
const TEMPLATE = /\$\{\{/;

/** The schema of a probe step: one probe with its parameters. */
export const probeSchema = z
  .strictObject(
    Object.fromEntries(
      Object.entries(PROBE_PARAMETERS).map(([name, parameters]) => [
        name,
        opt(parametersSchema(PROBE_MEANINGS[name as ProbeName], parameters)),
      ]),
    ),
  )
  .check(
    z.meta({
      description: 'a connection check that needs no tool on this machine; one of these',
      minProperties: 1,
      maxProperties: 1,
    }),
  );

function parametersSchema(meaning: string, parameters: Readonly<Record<string, ProbeParameter>>) {
  const shape = Object.entries(parameters).map(([key, parameter]) => {
    const value = parameterSchema(parameter);
    return [key, parameter.required ? value : opt(value)] as const;
  });
  return z.strictObject(Object.fromEntries(shape)).check(z.describe(meaning));
}

function parameterSchema({ type, choices, range, description }: ProbeParameter) {
  const said = z.describe(description);
  const template = z.string().check(z.regex(TEMPLATE), said);
  if (type === 'boolean') return z.union([z.boolean().check(said), template]).check(said);
  if (type === 'text')
    return choices === undefined
      ? z.string().check(said)
      : z.union([z.enum([...choices]).check(said), template]).check(said);
  const [least, most] = range ?? [0, 999];
  const whole = z.int().check(z.gte(least), z.lte(most), said);
  return type === 'integer'
    ? z.union([whole, template]).check(said)
    : z.union([whole, z.array(whole).check(said), template]).check(said);
}
