import * as z from 'zod/mini';
import type { Names } from '../expression/known-names.ts';
import { checkPlaces, shellPlaces } from '../expression/placement.ts';
import type { Template } from '../expression/template.ts';
import { refuseSecrets } from '../model/secrets.ts';
import type { PlaceDefinition } from '../model/target-definition.ts';
import type { Json } from '../model/value.ts';
import { ANY, type Fields, listOf, NUMBER, orNull, TEXT } from '../model/value-type.ts';
import { readJson, textsOf, type WrittenJson } from '../model/written-json.ts';
import type { BodyPlace } from '../read/body-place.ts';
import { readBodyTarget } from '../read/body-target.ts';
import type { PartReader, Path } from '../read/part-reader.ts';
import { flag, opt, text } from '../schema/parts.ts';
import type { KindDeclaration } from './declaration.ts';

/** The format in which a script's standard output is parsed into fields of its result. */
export type Parse = 'text' | 'lines' | 'json';

/** The standard input of a script: a text, or a value as JSON. */
export type Stdin = Template | { readonly json: WrittenJson };

/** A script with its placeholders. */
export type ShellBody = {
  readonly kind: 'shell';
  readonly script: Template;
  readonly target: string;
  /** Set if the step gives the address itself: the target is then no target of the runbook. */
  readonly place?: PlaceDefinition;
  readonly env: Readonly<Record<string, Template>>;
  readonly cwd: Template | undefined;
  readonly stdin: Stdin | undefined;
  readonly okExit: readonly number[];
  readonly parse: Parse;
  /** The script gets the operator's terminal while it runs; its output is not recorded. */
  readonly interactive: boolean;
};

const parse = z
  .enum(['text', 'lines', 'json'])
  .check(z.describe('how standard output is parsed (default: text)'));

/** The keys beside a script, of a step or of a read that is part of one. */
export const scriptOptions = {
  env: opt(
    z
      .record(z.string(), z.string())
      .check(z.describe('environment variables of the script; the only way to pass secrets')),
  ),
  cwd: opt(text('the working directory')),
  stdin: opt(
    z
      .union([
        text('a text'),
        z
          .strictObject({
            json: z.unknown().check(z.describe('the value; its texts can contain placeholders')),
          })
          .check(z.describe('a value, encoded as JSON')),
      ])
      .check(z.describe('the standard input (default: none)')),
  ),
  ok_exit: opt(z.array(z.int()).check(z.describe('exit codes that mean success (default: [0])'))),
  parse: opt(parse),
};

const STEP_OPTIONS = {
  interactive: opt(flag('true: the script gets the terminal, and its output is not kept')),
};

/** A script and its options, which are those of a step. */
type ScriptDocument = z.infer<z.ZodMiniObject<typeof scriptOptions & typeof STEP_OPTIONS>>;

const SCRIPT_END: Fields = { exit_code: orNull(NUMBER), signal: orNull(TEXT) };

const PARSED: Readonly<Record<Parse, Fields>> = {
  text: {},
  lines: { lines: listOf(TEXT) },
  json: { json: ANY },
};

/** A bash script, on a machine or in a container. */
export const shell: KindDeclaration<ShellBody> = {
  called: 'this script',
  several: 'scripts',
  heading: 'Script',
  language: 'bash',
  timeout: '60s',
  canChange: true,
  runsOn: 'machine',
  schema: text('a bash script; each ${{ }} becomes one quoted word'),
  options: scriptOptions,
  stepOptions: STEP_OPTIONS,
  read: readShell,
  templates: ({ script, env, place, cwd, stdin }) => [
    script,
    ...Object.values(env),
    ...(place === undefined ? [] : placeTemplates(place)),
    ...(cwd === undefined ? [] : [cwd]),
    ...(stdin === undefined ? [] : stdinTexts(stdin)),
  ],
  fields: ({ interactive, parse: how }) =>
    interactive === true
      ? SCRIPT_END
      : { stdout: TEXT, stderr: TEXT, ...SCRIPT_END, ...(isParse(how) ? PARSED[how] : {}) },
  lists: ({ parse: how }) => (how === 'json' ? 'json' : 'lines'),
};

function isParse(how: unknown): how is Parse {
  return how === 'text' || how === 'lines' || how === 'json';
}

function readShell(document: ScriptDocument, at: BodyPlace): ShellBody | undefined {
  const { path, on, names, reader, around } = at;
  const place = typeof on === 'object' ? on : undefined;
  const target = place?.name ?? readBodyTarget('shell', at);
  if (target === undefined) return undefined;
  const script = reader.template([...path, 'shell'], names);
  if (script === undefined) return undefined;
  checkPlaces(script, shellPlaces, reader);
  const cwd = reader.template([...path, 'cwd'], names);
  for (const shown of [script, cwd])
    if (shown !== undefined) refuseSecrets(shown, around.secrets, 'secret-in-argv', reader);
  const interactive = document.interactive ?? false;
  if (interactive) refuseBeside(path, reader);
  return {
    kind: 'shell',
    target,
    ...(place && { place }),
    script,
    env: { ...readEnv(around.env, [], names, reader), ...ownEnv(document, at) },
    cwd,
    stdin: readStdin(document.stdin, [...path, 'stdin'], names, reader),
    okExit: document.ok_exit ?? [0],
    parse: document.parse ?? 'text',
    interactive,
  };
}

/** Returns the variables that a part of a step has besides those of its step. */
function ownEnv({ env = {} }: ScriptDocument, { path, names, reader }: BodyPlace) {
  return path.length === 0 ? {} : readEnv(Object.keys(env), path, names, reader);
}

function readEnv(variables: readonly string[], path: Path, names: Names, reader: PartReader) {
  const env: Record<string, Template> = {};
  for (const name of variables) {
    const value = reader.template([...path, 'env', name], names);
    if (value !== undefined) env[name] = value;
  }
  return env;
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

/** Returns every template of an address. */
function placeTemplates(place: PlaceDefinition): readonly Template[] {
  if (place.kind === 'ssh') return [place.ssh];
  if (place.kind === 'docker') return [place.container];
  const { context, namespace, workload, container } = place;
  return [context, namespace, workload.name, container].filter((part) => part !== undefined);
}

function stdinTexts(stdin: Stdin): readonly Template[] {
  return 'json' in stdin ? textsOf(stdin.json) : [stdin];
}
