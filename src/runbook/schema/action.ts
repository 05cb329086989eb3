import * as z from 'zod/mini';
import {
  ACTION_KIND_NAMES,
  ACTION_KINDS,
  type ActionKind,
  CHANGING_KINDS,
} from '../kinds/action-kinds.ts';
import { scriptOptions } from '../kinds/shell.ts';
import { ERROR_KINDS } from '../model/step-error.ts';
import { CONFIRM_LEVELS, EFFECTS } from '../model/terms.ts';
import { condition, count, duration, flag, identifier, opt, places, text } from './parts.ts';

const retry = z
  .strictObject({
    attempts: count('attempts in total, including the first'),
    delay: duration('the pause before the second attempt', '1s'),
    backoff: opt(
      z.number().check(z.gte(1), z.describe('the factor between two pauses (default: 2)')),
    ),
    max_delay: duration('the longest pause', '30s'),
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

/** Returns a key for each of some kinds of action, all optional. */
export function bodyKeys(kinds: readonly ActionKind[]) {
  const keys = kinds.map((kind) => [kind, opt(ACTION_KINDS[kind].schema)] as const);
  return Object.fromEntries(keys) as Readonly<Record<ActionKind, z.ZodMiniOptional<z.ZodMiniType>>>;
}

/** Returns the time limits of some kinds of action that set none: `10s for SQL, 60s for scripts`. */
function defaultTimeouts(kinds: readonly ActionKind[]): string {
  const all = Map.groupBy(kinds, (kind) => ACTION_KINDS[kind].timeout);
  return Array.from(all, ([timeout, those]) => {
    const names = those.map((kind) => ACTION_KINDS[kind].several);
    return `${timeout} for ${names.join(' and ')}`;
  }).join(', ');
}

/** Returns the schema of the time limit of one read; `what` names it. */
export const readTimeout = (what: string) =>
  duration(`${what} (default: ${defaultTimeouts(ACTION_KIND_NAMES)})`);

/** The keys of a repeated read: one body, and those beside a script. */
export const repeatedBody = {
  ...bodyKeys(ACTION_KIND_NAMES),
  ...scriptOptions,
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
    fresh_for: duration('how long a preview is valid before it is read again', '30s'),
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
    within: duration('the step fails if the verification has not succeeded by then', '30s'),
    every: duration('the pause between two checks', '2s'),
  })
  .check(z.describe('a read, repeated after the action, that shows whether it worked'));

const undo = z
  .strictObject({
    none: opt(text('why there is nothing to undo, or no way to; instead of an action')),
    ...bodyKeys(CHANGING_KINDS),
    on: opt(identifier.check(z.describe("the target it runs on (default: the step's)"))),
    effect: opt(
      z.enum(['change', 'destructive']).check(z.describe('the effect (default: change)')),
    ),
    confirm: opt(confirm),
    timeout: opt(duration(`the timeout (default: ${defaultTimeouts(CHANGING_KINDS)})`)),
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
