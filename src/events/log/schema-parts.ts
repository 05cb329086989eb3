import * as z from 'zod/mini';
import { ERROR_KINDS } from '#runbook/model/step-error.ts';

const opt = z.optional;
const text = (description: string) => z.string().check(z.describe(description));

/** When something happened (ISO 8601, UTC). */
export const time = (description: string) =>
  z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/), z.describe(description));

/** When an event was written. */
export const at = time('when it was written');
/** Which step something is about. */
export const step = text('the id of the step');
/** A part of a step that executes something. */
export const part = z.enum(['action', 'preview', 'recheck', 'verify', 'undo']);
/** What an action does at most. */
export const effect = z.enum(['read', 'change', 'destructive']);
/** How a runbook ends by itself. */
export const outcome = ['resolved', 'unresolved', 'escalated'] as const;

/** An action exactly as it ran, masked. */
export const action = z.looseObject({
  kind: z.enum(['sql', 'shell', 'probe', 'wait', 'connect']),
  text: text('exactly what ran, masked'),
  values: z.array(z.string()),
  where: text('the target and where it is'),
  cwd: opt(text('the working folder of a script')),
  stdin: opt(text('the standard input of a script')),
  settings: opt(z.array(z.string())),
});

/** Why something failed. */
export const error = z.looseObject({
  kind: z.enum(ERROR_KINDS),
  message: z.string(),
  phase: opt(z.enum(['dns', 'tcp', 'tls', 'auth', 'query'])),
  code: opt(text('SQLSTATE, errno or exit code')),
  hint: opt(z.string()),
  position: opt(z.number()),
  at: opt(z.looseObject({ line: z.number(), column: z.number(), file: opt(z.string()) })),
});

/** Which item of a repeated step. */
export const item = z.looseObject({
  index: z.number().check(z.describe('from 1')),
  count: z.number(),
  label: z.string(),
});

/** An output that is kept in a file of its own. */
export const output = z.looseObject({
  stream: z.enum(['stdout', 'stderr']),
  file: text("relative to the run's folder"),
  bytes: z.number(),
  droppedBytes: z.number().check(z.describe('bytes that no file holds')),
  sha256: z.string(),
  head: z.string(),
  tail: z.string(),
});

/** The rows that a gate showed and its action got. */
export const pinned = z.looseObject({
  columns: z.array(z.string()),
  rows: z.array(z.record(z.string(), z.json())),
  freshForMs: z.number(),
  at: time('when they were read'),
});

const row = z.record(z.string(), z.json());

/** A row that was confirmed and is left alone, and what it is now. */
export const spared = z.looseObject({ row, now: opt(row) });

/** What is different from the gate that was put before. */
export const changes = z.looseObject({
  server: z.boolean(),
  rows: opt(
    z.looseObject({
      changed: z.array(z.looseObject({ row, now: row })),
      gone: z.array(row),
      added: z.array(row),
    }),
  ),
});

/** A name in a condition, and the value it had. */
export const value = z.looseObject({ name: z.string(), value: z.json() });

/** A clause of `next`. */
export const clause = z.looseObject({
  condition: opt(z.string()),
  goto: opt(z.string()),
  finding: opt(z.string()),
});

/** An input with its value. */
export const input = z.looseObject({ name: z.string(), value: z.json(), secret: z.boolean() });

/** Where a target was when the run began. */
export const target = z.looseObject({
  name: z.string(),
  description: z.string(),
  engine: opt(z.nullable(z.string())),
  host: opt(z.nullable(z.string())),
  port: opt(z.nullable(z.number())),
  database: opt(z.nullable(z.string())),
  user: opt(z.nullable(z.string())),
});

/** What a step is before it runs. */
export const outline = z.looseObject({
  id: step,
  title: z.string(),
  why: opt(z.string()),
  phase: z.enum(['diagnose', 'fix', 'verify']),
  kind: z.string(),
  effect,
  parent: opt(text('the step it runs inside of')),
});

/** The runbook of a run. */
export const runbook = z.looseObject({
  name: z.string(),
  title: z.string(),
  severity: z.string(),
  summary: z.string(),
  file: z.string(),
  sha256: text('the digest of its text'),
  commit: opt(text('the git commit that was checked out where the file lies')),
  changedSinceCommit: opt(z.boolean()),
  prevention: z.array(z.string()),
  related: z.array(z.string()),
});

/** What the run waits for a person to say. */
export const awaitedFor = z.enum([
  'start',
  'gate',
  'failure',
  'decision',
  'unknown',
  'answer',
  'report',
  'stopped',
  'stuck',
]);

/** What an operator did; secrets are masked. */
export const intent = z.looseObject({
  type: z.enum([
    'continue',
    'auto',
    'confirm',
    'decline',
    'refresh',
    'answer',
    'report',
    'retry',
    'edit',
    'skip',
    'mark-done',
    'jump',
    'undo',
    'choose',
    'recheck',
    'stop',
    'cancel',
    'note',
    'adhoc',
    'leave',
    'abort',
  ]),
});
