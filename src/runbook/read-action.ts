import { stepNames } from './names.ts';
import type { Names, PartReader } from './part-reader.ts';
import { type ActionSurroundings, readBody } from './read-body.ts';
import type { StepSurroundings } from './read-step.ts';
import type { ActionStep, Confirm, Effect, Retry, Verify } from './runbook.ts';
import type { StepDocument } from './schema.ts';
import { refuseSecrets } from './secrets.ts';

type Document = StepDocument['sql'] | StepDocument['shell'];

const DEFAULT_TIMEOUT = { sql: '10s', shell: '60s' } as const;

/** Reads what a shell or SQL step executes and everything that guards it. */
export function readAction(
  document: Document,
  reader: PartReader,
  around: StepSurroundings,
): ActionStep | undefined {
  const env = 'env' in document ? Object.keys(document.env ?? {}) : [];
  const surroundings: ActionSurroundings = { ...around, env };
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
    readBecause: undefined,
    preview: readPreview(document, effect, reader, surroundings),
    confirm: readConfirm(document, effect, names, reader, surroundings),
    expect: reader.condition(['expect'], afterwards),
    verify: readVerify(document, names, reader, surroundings),
    undo: document.undo && { kind: 'none', reason: document.undo.none },
    retry: readRetry(document, effect, reader),
    timeoutMs,
  };
}

function readPreview(
  document: Document,
  effect: Effect,
  reader: PartReader,
  surroundings: ActionSurroundings,
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
  surroundings: ActionSurroundings,
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
  surroundings: ActionSurroundings,
): Verify | undefined {
  const verify = document.verify;
  if (verify === undefined) return undefined;
  if ((verify.sql === undefined) === (verify.shell === undefined)) {
    reader.report(
      'step-kind',
      reader.span(['verify']),
      'a verification is one statement or one script',
      'give it either sql or shell',
    );
    return undefined;
  }
  const kind = verify.sql === undefined ? 'shell' : 'sql';
  const body = readBody(verify, ['verify'], document.on, names, reader, surroundings);
  const until = reader.condition(['verify', 'until'], {
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
