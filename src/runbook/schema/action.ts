import * as z from 'zod/mini';
import { ERROR_KINDS } from '../model/step-error.ts';
import { CONFIRM_LEVELS, DEFAULT_TIMEOUT, EFFECTS } from '../model/terms.ts';
import { httpSchema } from './http.ts';
import {
  condition,
  count,
  duration,
  flag,
  identifier,
  opt,
  places,
  readTimeout,
  scriptText,
  sqlText,
  text,
} from './parts.ts';
import { probeSchema } from './probe.ts';

const retry = z
  .strictObject({
    attempts: count('attempts in total, including the first'),
    delay: opt(duration('the pause before the second attempt (default: 1s)')),
    backoff: opt(
      z.number().check(z.gte(1), z.describe('the factor between two pauses (default: 2)')),
    ),
    max_delay: opt(duration('the longest pause (default: 30s)')),
    jitter: opt(flag('false: pauses are not randomly shortened')),
    on: opt(z.array(z.enum(ERROR_KINDS)).check(z.describe('only these kinds of failure'))),
  })
  .check(z.describe('retries a failed read'));

const confirm = z
  .strictObject({
    level: opt(z.enum(CONFIRM_LEVELS).check(z.describe('one key, or a typed phrase'))),
    phrase: opt(text("the phrase to type (default: the step's ID)")),
    warning: opt(text('what the operator should know before confirming')),
  })
  .check(z.describe('how the gate is confirmed'));

/** The target of a part of a step. */
const on = identifier.check(z.describe('the target it runs on'));

/** The target of a step: a name, or an address that may use items and earlier results. */
export const place = z
  .union([identifier, ...places])
  .check(z.describe('the target it runs on, or an address'));

/** The target of a step as written. */
export type On = z.infer<typeof place>;

/** The step whose read is repeated. */
export const again = identifier.check(z.describe('an earlier step, whose read is repeated'));

const readBecause = text('why this only reads, if that cannot be proven; shown and recorded');

const parse = z
  .enum(['text', 'lines', 'json'])
  .check(z.describe('how standard output is parsed (default: text)'));

/** The keys of a repeated read: one body and its own options. */
export const repeatedBody = {
  sql: opt(sqlText),
  shell: opt(scriptText),
  http: opt(httpSchema),
  probe: opt(probeSchema),
  parse: opt(parse),
  read_because: opt(readBecause),
};

const preview = z
  .strictObject({
    ...repeatedBody,
    from: opt(again),
    on: opt(on),
    max_rows: opt(count('with more rows than this, the gate refuses (default: 50)')),
    enough: opt(
      z
        .union([z.string(), z.number()])
        .check(
          z.describe(
            'how many rows the step needs; the gate offers the first ones (a number, CEL)',
          ),
        ),
    ),
    fresh_for: opt(duration('how long a preview is valid before it is read again (default: 30s)')),
    volatile: opt(
      z
        .array(text('a column'))
        .check(z.describe('columns that are shown but not compared, such as ages')),
    ),
  })
  .check(z.describe('a read; what it lists is shown at the gate and passed to the action'));

const verify = z
  .strictObject({
    ...repeatedBody,
    again: opt(again),
    on: opt(on),
    until: condition('the verification succeeds when this is true'),
    within: opt(
      duration('the step fails if the verification has not succeeded by then (default: 30s)'),
    ),
    every: opt(duration('the pause between two checks (default: 2s)')),
  })
  .check(z.describe('a read, repeated after the action, that shows whether it worked'));

const undo = z
  .strictObject({
    none: opt(text('why there is nothing to undo, or no way to; instead of an action')),
    sql: opt(sqlText),
    shell: opt(scriptText),
    http: opt(httpSchema),
    on: opt(identifier.check(z.describe("the target it runs on (default: the step's)"))),
    effect: opt(
      z.enum(['change', 'destructive']).check(z.describe('the effect (default: change)')),
    ),
    confirm: opt(confirm),
    timeout: opt(
      duration(
        `the timeout (default: ${DEFAULT_TIMEOUT.sql} for SQL, ${DEFAULT_TIMEOUT.shell} for scripts, ${DEFAULT_TIMEOUT.http} for requests)`,
      ),
    ),
  })
  .check(z.describe('how the change is undone'));

/** The keys that every read can have. */
export const look = {
  timeout: opt(readTimeout('the timeout')),
  expect: opt(condition('the step fails if this is not true of its result')),
  read_because: opt(readBecause),
};

/** The additional keys of a read that is a step of its own. */
export const repeatedLook = { ...look, retry: opt(retry) };

/** The keys of everything that can have a gate. */
export const gated = {
  ...repeatedLook,
  effect: opt(z.enum(EFFECTS).check(z.describe('the effect (default: inferred from what runs)'))),
  preview: opt(preview),
  confirm: opt(confirm),
  verify: opt(verify),
  undo: opt(undo),
};

/** The keys of statements and scripts. */
export const action = { ...gated, on: opt(place) };

/** The keys of a script. */
export const script = {
  shell: scriptText,
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
