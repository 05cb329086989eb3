import { stepNames } from './names.ts';
import type { Names, PartReader, Path } from './part-reader.ts';
import { type Place, shellPlaces, sqlPlaces } from './placement.ts';
import type { StepSurroundings } from './read-step.ts';
import type {
  ActionStep,
  Body,
  Confirm,
  Effect,
  Engine,
  Retry,
  SqlTexts,
  Verify,
} from './runbook.ts';
import type { StepDocument } from './schema.ts';
import { refuseSecrets } from './secrets.ts';
import { didYouMean } from './suggest.ts';
import type { Template } from './template.ts';

type Document = StepDocument['sql'] | StepDocument['shell'];
/** A script's variables belong to the whole step: its verification has them as well. */
type Surroundings = StepSurroundings & { readonly env: readonly string[] };
type BodyDocument = { readonly sql?: unknown; readonly shell?: unknown };

const DEFAULT_TIMEOUT = { sql: '10s', shell: '60s' } as const;

/** Reads what a shell or SQL step executes and everything that guards it. */
export function readAction(
  document: Document,
  reader: PartReader,
  around: StepSurroundings,
): ActionStep | undefined {
  const env = 'env' in document ? Object.keys(document.env ?? {}) : [];
  const surroundings: Surroundings = { ...around, env };
  const kind = 'sql' in document ? 'sql' : 'shell';
  const effect: Effect = document.effect ?? 'change';
  const withPreview = document.preview === undefined ? {} : stepNames(kind, ['preview']);
  const names = { ...surroundings.names, ...withPreview };
  const afterwards = { ...names, ...stepNames(kind, ['result']) };
  const body = readBody(document, [], document.on, names, reader, surroundings);
  if (body === undefined) return undefined;
  const timeoutMs = reader.duration(['timeout'], DEFAULT_TIMEOUT[kind]);
  return {
    kind,
    body,
    effect,
    preview: readPreview(document, effect, reader, surroundings),
    confirm: readConfirm(document, effect, names, reader, surroundings),
    expect: reader.expression(['expect'], afterwards),
    verify: readVerify(document, names, reader, surroundings),
    undo: document.undo,
    retry: readRetry(document, effect, reader),
    timeoutMs,
  };
}

function readBody(
  document: BodyDocument,
  path: Path,
  on: string | undefined,
  names: Names,
  reader: PartReader,
  surroundings: Surroundings,
): Body | undefined {
  const target = readTarget('sql' in document ? 'sql' : 'shell', on, path, reader, surroundings);
  if (target === undefined) return undefined;
  if (document.sql !== undefined)
    return { kind: 'sql', target, texts: readSqlTexts(document.sql, path, names, reader) };
  const script = reader.template([...path, 'shell'], names);
  if (script === undefined) return undefined;
  checkPlaces(script, shellPlaces, reader);
  const step = document as Partial<StepDocument['shell']>;
  const env: Record<string, Template> = {};
  for (const name of surroundings.env) {
    const value = reader.template(['env', name], names);
    if (value !== undefined) env[name] = value;
  }
  const cwd = reader.template([...path, 'cwd'], names);
  for (const shown of [script, cwd])
    if (shown !== undefined) refuseSecrets(shown, surroundings.secrets, 'secret-in-argv', reader);
  return {
    kind: 'shell',
    target,
    script,
    env,
    cwd,
    stdin: reader.template([...path, 'stdin'], names),
    okExit: step.ok_exit ?? [0],
  };
}

function readSqlTexts(sql: unknown, path: Path, names: Names, reader: PartReader): SqlTexts {
  const engines: readonly Engine[] = ['postgres', 'mysql', 'mariadb'];
  const texts: Partial<Record<'any' | Engine, Template>> = {};
  const single = typeof sql === 'string';
  for (const engine of single ? (['any'] as const) : engines) {
    const template = reader.template([...path, 'sql', ...(single ? [] : [engine])], names);
    if (template === undefined) continue;
    checkPlaces(template, sqlPlaces, reader);
    texts[engine] = template;
  }
  return texts;
}

function checkPlaces(
  template: Template,
  places: (text: string, offsets: readonly number[]) => readonly Place[],
  reader: PartReader,
): void {
  const found = places(
    template.text,
    template.placeholders.map(({ at }) => at),
  );
  for (const [index, placeholder] of template.placeholders.entries()) {
    if (found[index] === 'code') continue;
    const start = template.offsets(placeholder.at);
    reader.report(
      'placeholder-in-quotes',
      { start, end: start + placeholder.length },
      'a placeholder has to stand alone as one word or value',
      'leave the quotes out; in a script, pass it through env: and write "$NAME"',
    );
  }
}

function readTarget(
  kind: 'sql' | 'shell',
  on: string | undefined,
  path: Path,
  reader: PartReader,
  { targets }: StepSurroundings,
): string | undefined {
  const wanted = kind === 'sql' ? 'database' : 'local';
  const fitting = targets.filter((target) => target.kind === wanted).map((target) => target.name);
  if (on === undefined) {
    if (kind === 'shell') return fitting[0] ?? 'local';
    if (fitting.length === 1) return fitting[0];
    const hint =
      fitting.length === 0 ? 'define one under targets:' : `add on: ${fitting.join(' or on: ')}`;
    reader.report('unknown-target', reader.span(path), 'this statement has no target', hint);
    return undefined;
  }
  const target = targets.find(({ name }) => name === on);
  if (target === undefined) {
    const hint = didYouMean(
      on,
      targets.map(({ name }) => name),
    );
    reader.report('unknown-target', reader.span(['on']), `there is no target "${on}"`, hint);
  } else if (path.length === 0 && target.kind !== wanted) {
    reader.report('wrong-target', reader.span(['on']), `"${on}" is not a ${wanted} target`);
  } else if (target.kind !== wanted) return kind === 'shell' ? 'local' : undefined;
  return target?.name;
}

function readPreview(
  document: Document,
  effect: Effect,
  reader: PartReader,
  surroundings: Surroundings,
): ActionStep['preview'] {
  const preview = document.preview;
  if (preview === undefined) return undefined;
  if (effect === 'read')
    reader.report(
      'preview-of-read',
      reader.span(['preview']),
      'a read needs no preview',
      'it runs without a gate',
    );
  if (preview.sql === undefined) {
    reader.report(
      'missing-key',
      reader.span(['preview']),
      'a preview is an SQL statement',
      'add sql:',
    );
    return undefined;
  }
  const body = readBody(
    { sql: preview.sql },
    ['preview'],
    document.on,
    surroundings.names,
    reader,
    surroundings,
  );
  if (body === undefined) return undefined;
  const freshForMs = reader.duration(['preview', 'fresh_for'], '30s');
  return { body, maxRows: preview.max_rows ?? 50, freshForMs };
}

function readConfirm(
  document: Document,
  effect: Effect,
  names: Names,
  reader: PartReader,
  surroundings: Surroundings,
): Confirm {
  if (effect === 'destructive' && document.confirm?.level === 'key')
    reader.report(
      'gate-too-weak',
      reader.span(['confirm', 'level']),
      'a destructive action needs a typed phrase',
      'write level: type',
    );
  const phrase = reader.template(['confirm', 'phrase'], names);
  const warning = reader.template(['confirm', 'warning'], names);
  for (const shown of [phrase, warning])
    if (shown !== undefined) refuseSecrets(shown, surroundings.secrets, 'secret-in-text', reader);
  const level =
    effect === 'destructive' ? 'type' : (document.confirm?.level ?? (phrase ? 'type' : 'key'));
  return { level, phrase, warning };
}

function readVerify(
  document: Document,
  names: Names,
  reader: PartReader,
  surroundings: Surroundings,
): Verify | undefined {
  const verify = document.verify;
  if (verify === undefined) return undefined;
  const kind = verify.sql === undefined ? 'shell' : 'sql';
  const body = readBody(verify, ['verify'], document.on, names, reader, surroundings);
  const until = reader.expression(['verify', 'until'], {
    ...names,
    ...stepNames(kind, ['result']),
  });
  if (body === undefined || until === undefined) return undefined;
  const withinMs = reader.duration(['verify', 'within'], '30s');
  return { body, until, withinMs, everyMs: reader.duration(['verify', 'every'], '2s') };
}

function readRetry(document: Document, effect: Effect, reader: PartReader): Retry | undefined {
  const retry = document.retry;
  if (retry === undefined) return undefined;
  if (effect !== 'read')
    reader.report(
      'retry-of-change',
      reader.span(['retry']),
      'only a read is tried again by itself',
      'a change is retried through its gate, by the operator',
    );
  return {
    attempts: retry.attempts,
    delayMs: reader.duration(['retry', 'delay'], '1s'),
    backoff: retry.backoff ?? 2,
    maxDelayMs: reader.duration(['retry', 'max_delay'], '30s'),
    jitter: retry.jitter ?? true,
    on: retry.on ?? [],
  };
}
