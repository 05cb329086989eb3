import * as z from 'zod/mini';
import { ERROR_KINDS } from '../model/step-error.ts';
import { EFFECTS } from '../model/terms.ts';
import {
  condition,
  count,
  duration,
  flag,
  identifier,
  opt,
  scriptText,
  sqlText,
  text,
} from './parts.ts';
import { probeSchema } from './probe.ts';

const retry = z
  .strictObject({
    attempts: count('attempts in all, the first included'),
    delay: opt(duration('the pause before the second attempt; 1s when left out')),
    backoff: opt(
      z.number().check(z.gte(1), z.describe('each pause is this many times the last; 2')),
    ),
    max_delay: opt(duration('no pause is longer; 30s when left out')),
    jitter: opt(flag('false: the pauses are not shortened at random')),
    on: opt(z.array(z.enum(ERROR_KINDS)).check(z.describe('only these kinds of failure'))),
  })
  .check(z.describe('tries a failed read again'));

const preview = z
  .strictObject({
    sql: sqlText,
    max_rows: opt(count('more rows than this: the gate refuses; 50 when left out')),
    fresh_for: opt(duration('older rows must be the same when they are read again; 30s')),
    volatile: opt(
      z
        .array(text('a column'))
        .check(z.describe('columns that only inform, such as ages: shown, and not compared')),
    ),
  })
  .check(z.describe('a read whose rows the gate shows and the action gets'));

const confirm = z
  .strictObject({
    level: opt(z.enum(['key', 'type']).check(z.describe('one key, or a typed phrase'))),
    phrase: opt(text("what has to be typed; the step's id when left out")),
    warning: opt(text('what the operator should know before confirming')),
  })
  .check(z.describe('what the gate asks for'));

const readBecause = text('why this only reads, where that cannot be proven; shown and recorded');

const parse = z
  .enum(['text', 'lines', 'json'])
  .check(z.describe('what becomes of standard output besides result.stdout; text'));

/** The keys of a repeated read: one body and its own options. */
export const repeatedBody = {
  sql: opt(sqlText),
  shell: opt(scriptText),
  probe: opt(probeSchema),
  parse: opt(parse),
  read_because: opt(readBecause),
};

const verify = z
  .strictObject({
    ...repeatedBody,
    until: condition('the check succeeds when this is true'),
    within: opt(duration('the step has failed when it has not succeeded by then; 30s')),
    every: opt(duration('the pause between two checks; 2s')),
  })
  .check(z.describe('a read, repeated after the action, that shows whether it worked'));

const undo = z
  .strictObject({
    none: opt(text('why there is nothing to undo, or no way to; in place of a body')),
    sql: opt(sqlText),
    shell: opt(scriptText),
    on: opt(identifier.check(z.describe('the target it runs on; that of the step'))),
    effect: opt(
      z.enum(['change', 'destructive']).check(z.describe('what it may do; change when left out')),
    ),
    confirm: opt(confirm),
    timeout: opt(duration('it is ended after this long; 10s for SQL, 60s for scripts')),
  })
  .check(z.describe('how the change can be taken back'));

/** The target of a step. */
export const on = identifier.check(z.describe('the target it runs on'));

/** The keys that every read can have. */
export const look = {
  timeout: opt(duration('it is ended after this long; 10s for SQL and probes, 60s for scripts')),
  expect: opt(condition('the step has failed when this is not true of its result')),
  read_because: opt(readBecause),
};

/** The additional keys of a read that is a step of its own. */
export const repeatedLook = { ...look, retry: opt(retry) };

/** The keys of statements and scripts. */
export const action = {
  ...repeatedLook,
  on: opt(on),
  effect: opt(
    z.enum(EFFECTS).check(z.describe('what it may do; worked out from its text when left out')),
  ),
  preview: opt(preview),
  confirm: opt(confirm),
  verify: opt(verify),
  undo: opt(undo),
};

/** The keys of a script. */
export const script = {
  shell: scriptText,
  env: opt(
    z
      .record(z.string(), z.string())
      .check(z.describe('variables of the script; the only way in for secrets')),
  ),
  cwd: opt(text('the folder it runs in')),
  stdin: opt(
    z
      .union([
        text('a text'),
        z
          .strictObject({
            json: z.unknown().check(z.describe('the value; its texts may have placeholders')),
          })
          .check(z.describe('a value, encoded as JSON')),
      ])
      .check(z.describe('what it reads from standard input; nothing when left out')),
  ),
  ok_exit: opt(z.array(z.int()).check(z.describe('exit codes that mean success; [0]'))),
  parse: opt(parse),
};
