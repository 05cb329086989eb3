import * as z from 'zod/mini';
import type { Template } from '../expression/template.ts';
import { isTemplate } from '../model/http-request.ts';
import {
  PROBE_MEANINGS,
  PROBE_PARAMETERS,
  type ProbeName,
  type ProbeParameter,
} from '../model/probe-parameters.ts';
import { PROBE_RESULTS } from '../model/probe-results.ts';
import { refuseSecrets } from '../model/secrets.ts';
import type { Json } from '../model/value.ts';
import { NUMBER } from '../model/value-type.ts';
import type { BodyPlace } from '../read/body-place.ts';
import type { PartReader } from '../read/part-reader.ts';
import { opt } from '../schema/parts.ts';
import { offsetInFile } from '../yaml/source.ts';
import type { KindDeclaration } from './declaration.ts';

/** A probe with its placeholders. */
export type ProbeBody = {
  readonly kind: 'probe';
  readonly probe: ProbeName;
  /** The arguments of the probe, by the names in `PROBE_PARAMETERS`. */
  readonly params: Readonly<Record<string, Template | Json>>;
};

/** Matches a placeholder for a value of any type; the value is checked when it is rendered. */
const TEMPLATE = /\$\{\{/;

const probeSchema = z
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

const ONLY_READS = 'a probe only reads';

/** A check of a connection, from this machine. */
export const probe: KindDeclaration<ProbeBody> = {
  called: 'this',
  several: 'probes',
  heading: 'What',
  language: 'bash',
  timeout: '10s',
  canChange: false,
  runsOn: 'here',
  schema: probeSchema,
  lacks: {
    on: 'a probe runs on this machine',
    effect: ONLY_READS,
    verify: `${ONLY_READS}; wait until: looks again and again`,
    preview: `${ONLY_READS}, without a gate`,
    confirm: `${ONLY_READS}, without a gate`,
    undo: ONLY_READS,
  },
  read: readProbe,
  templates: ({ params }) => Object.values(params).filter(isTemplate),
  fields: ({ probe: written }) => {
    const name = typeof written === 'object' && written !== null && probeName({ ...written });
    return name ? PROBE_RESULTS[name] : { ms: NUMBER };
  },
  lists: () => 'rows',
};

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

/** A probe as written: its parameters. */
type ProbeDocument = Readonly<Record<string, unknown>>;

/** Returns the name of a probe as written, or undefined if there is none or more than one. */
function probeName(document: ProbeDocument): ProbeName | undefined {
  const names = Object.keys(document).filter((name) => document[name] !== undefined);
  const [name] = names;
  return names.length === 1 && name !== undefined && isProbe(name) ? name : undefined;
}

function isProbe(name: string): name is ProbeName {
  return Object.hasOwn(PROBE_PARAMETERS, name);
}

/** Reads the probe under `probe` at `path`; texts become templates, other values are kept. */
function readProbe(
  { probe: document }: { readonly probe?: ProbeDocument },
  { path: above, names, reader, around }: BodyPlace,
): ProbeBody | undefined {
  if (document === undefined) return undefined;
  const path = [...above, 'probe'];
  const name = probeName(document);
  if (name === undefined) {
    reader.report(
      'step-kind',
      reader.span(path),
      'a step has exactly one probe',
      `give it one of ${Object.keys(PROBE_PARAMETERS).join(', ')}`,
    );
    return undefined;
  }
  const known: Readonly<Record<string, ProbeParameter>> = PROBE_PARAMETERS[name];
  const params: Record<string, Template | Json> = {};
  for (const [key, value] of Object.entries(document[name] as Record<string, Json>)) {
    const at = [...path, name, key];
    const template = typeof value === 'string' ? reader.template(at, names) : undefined;
    if (template !== undefined && !known[key]?.secret)
      refuseSecrets(template, around.secrets, 'secret-in-text', reader);
    if (key === 'statement' && template !== undefined) refuseValues(template, reader);
    params[key] = template ?? value;
  }
  return { kind: 'probe', probe: name, params };
}

/** A login sends its statement verbatim, so no value can be bound. */
function refuseValues(statement: Template, reader: PartReader): void {
  const [first] = statement.placeholders;
  if (first === undefined) return;
  const start = offsetInFile(statement, first.at);
  reader.report(
    'placeholder-as-code',
    { start, end: start + first.length },
    'the statement of a probe cannot bind values',
    'make it an sql step, which binds them',
  );
}
