import type { Names } from '../expression/known-names.ts';
import { offsetInFile, type Template } from '../expression/template.ts';
import {
  PROBE_PARAMETERS,
  type ProbeName,
  type ProbeParameter,
} from '../model/probe-parameters.ts';
import type { Body } from '../model/runbook.ts';
import { refuseSecrets, type SecretNames } from '../model/secrets.ts';
import type { Json } from '../model/value.ts';
import type { PartReader, Path } from './part-reader.ts';

/** A probe as written: its parameters. */
export type ProbeDocument = Readonly<Record<string, unknown>>;

/** Returns the name of a probe as written, or undefined if there is none or more than one. */
export function probeName(document: ProbeDocument): ProbeName | undefined {
  const names = Object.keys(document).filter((name) => document[name] !== undefined);
  const [name] = names;
  return names.length === 1 && name !== undefined && isProbe(name) ? name : undefined;
}

function isProbe(name: string): name is ProbeName {
  return Object.hasOwn(PROBE_PARAMETERS, name);
}

/** Reads the probe at `path`; texts become templates, other values are kept. */
export function readProbe(
  document: ProbeDocument,
  path: Path,
  names: Names,
  reader: PartReader,
  secrets: SecretNames,
): Body | undefined {
  const probe = probeName(document);
  if (probe === undefined) {
    reader.report(
      'step-kind',
      reader.span(path),
      'a step has exactly one probe',
      `give it one of ${Object.keys(PROBE_PARAMETERS).join(', ')}`,
    );
    return undefined;
  }
  const known: Readonly<Record<string, ProbeParameter>> = PROBE_PARAMETERS[probe];
  const params: Record<string, Template | Json> = {};
  for (const [name, value] of Object.entries(document[probe] as Record<string, Json>)) {
    const at = [...path, probe, name];
    const template = typeof value === 'string' ? reader.template(at, names) : undefined;
    if (template !== undefined && !known[name]?.secret)
      refuseSecrets(template, secrets, 'secret-in-text', reader);
    if (name === 'statement' && template !== undefined) refuseValues(template, reader);
    params[name] = template ?? value;
  }
  return { kind: 'probe', probe, params };
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
