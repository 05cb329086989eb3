import * as z from 'zod/mini';
import { PROBE_PARAMETERS, type ProbeParameter } from '../model/probe-parameters.ts';
import { opt } from './parts.ts';

/** Matches a placeholder for a value of any type; the value is checked when it is rendered. */
const TEMPLATE = /\$\{\{/;

const MEANINGS: Readonly<Record<string, string>> = {
  config: 'parses a connection URL without connecting, and reports what clients cannot handle',
  dns: 'resolves a host as applications do, or with a given name server',
  tcp: 'connects to every address of a host and disconnects',
  tls: 'makes a TLS handshake as a database client does, and checks the certificate',
  login: 'logs in to a database, stage by stage',
  http: 'requests one page from a web server',
};

/** The schema of a probe step: one probe with its parameters. */
export const probeSchema = z
  .strictObject(
    Object.fromEntries(
      Object.entries(PROBE_PARAMETERS).map(([name, parameters]) => [
        name,
        opt(parametersSchema(name, parameters)),
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

function parametersSchema(name: string, parameters: Readonly<Record<string, ProbeParameter>>) {
  const shape = Object.entries(parameters).map(([key, parameter]) => {
    const value = parameterSchema(parameter);
    return [key, parameter.required ? value : opt(value)] as const;
  });
  return z.strictObject(Object.fromEntries(shape)).check(z.describe(MEANINGS[name] ?? name));
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
