import type { Names } from '../expression/known-names.ts';
import { checkPlaces, shellPlaces } from '../expression/placement.ts';
import type { Template } from '../expression/template.ts';
import type { Body, Parse, Stdin } from '../model/runbook.ts';
import { refuseSecrets } from '../model/secrets.ts';
import type { Json } from '../model/value.ts';
import { readJson } from '../model/written-json.ts';
import type { ActionSurroundings } from './body.ts';
import type { PartReader, Path } from './part-reader.ts';

/** A script and its options, which are those of a step. */
export type ScriptDocument = {
  readonly shell?: string | undefined;
  readonly ok_exit?: readonly number[] | undefined;
  readonly stdin?: string | { readonly json?: unknown } | undefined;
  readonly parse?: Parse | undefined;
  readonly interactive?: boolean | undefined;
};

/** Reads the script under `shell` at `path`. */
export function readScript(
  document: ScriptDocument,
  path: Path,
  target: string,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
): Extract<Body, { readonly kind: 'shell' }> | undefined {
  const script = reader.template([...path, 'shell'], names);
  if (script === undefined) return undefined;
  checkPlaces(script, shellPlaces, reader);
  const env: Record<string, Template> = {};
  for (const name of surroundings.env) {
    const value = reader.template(['env', name], names);
    if (value !== undefined) env[name] = value;
  }
  const cwd = reader.template([...path, 'cwd'], names);
  for (const shown of [script, cwd])
    if (shown !== undefined) refuseSecrets(shown, surroundings.secrets, 'secret-in-argv', reader);
  const interactive = document.interactive ?? false;
  if (interactive) refuseBeside(path, reader);
  return {
    kind: 'shell',
    target,
    script,
    env,
    cwd,
    stdin: readStdin(document.stdin, [...path, 'stdin'], names, reader),
    okExit: document.ok_exit ?? [0],
    parse: document.parse ?? 'text',
    interactive,
  };
}

function readStdin(
  written: ScriptDocument['stdin'],
  path: Path,
  names: Names,
  reader: PartReader,
): Stdin | undefined {
  if (written === undefined || typeof written === 'string') return reader.template(path, names);
  const json = readJson(written.json as Json, [...path, 'json'], names, reader);
  return json === undefined ? undefined : { json };
}

/** The reasons why options do not apply to a script that has the terminal. */
const NOT_INTERACTIVE = {
  stdin: 'the operator is its input',
  parse: 'its output goes to the terminal and is not kept',
  retry: 'the operator runs it again',
} as const;

function refuseBeside(path: Path, reader: PartReader): void {
  for (const [key, why] of Object.entries(NOT_INTERACTIVE))
    if (reader.has([...path, key]))
      reader.report(
        'keys-conflict',
        reader.keySpan([...path, key]),
        `an interactive script cannot have ${key}`,
        `leave it out, or interactive: ${why}`,
      );
}
