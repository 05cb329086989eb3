import * as z from 'zod/mini';
import { INTENT_SCHEMA, INTENT_TYPES } from './intent.ts';
import {
  awaitedFor,
  confirmLevel,
  effect,
  event,
  gateAnswer,
  number,
  opt,
  otherRun,
  outcomeCheck,
  pinnedRows,
  runOutcome,
  said,
  shownAction,
  shownChanges,
  shownClause,
  shownItem,
  shownValue,
  sparedRow,
  startedTarget,
  step,
  stepError,
  text,
  texts,
  values,
} from './parts.ts';
import { REASON_SCHEMA } from './reason.ts';

const operator = z.string();
const item = opt(shownItem);
const part = opt(said(z.literal('undo'), 'it is about the undo of the step'));

/** The events of gates and questions, and of the operator's actions. */
export const OPERATOR_EVENTS = [
  event('gate.opened', 'Written when a gate opens. It contains everything that the gate shows.', {
    step,
    title: z.string(),
    effect,
    action: shownAction,
    digest: z.string(),
    level: confirmLevel,
    phrase: opt(text('what has to be typed; only with level type')),
    warning: opt(z.string()),
    notRead: opt(text('why it is not a read, if the author declared no effect')),
    undo: opt(text('how to undo it')),
    preview: opt(pinnedRows),
    leftOut: opt(said(z.array(values), 'the rows that the operator has left out of the preview')),
    changes: opt(shownChanges),
    unsettled: opt(
      said(outcomeCheck, 'the result of the check of its last execution, whose outcome is unknown'),
    ),
    operator: opt(said(operator, 'who is asked; absent in a run of a team, which asks everyone')),
    part,
    item,
    items: opt(
      z.array(
        z.object({
          label: z.string(),
          where: text('where its action runs, as in the shown action; the origin of a request'),
        }),
      ),
    ),
    ended: opt(said(runOutcome, 'how the run has ended, of which this is a step of finally')),
    simulated: opt(said(z.boolean(), 'a dry run: nothing runs, whatever the answer')),
  }),
  event('gate.answered', 'Written when the operator answers a gate.', {
    step,
    answer: said(
      gateAnswer,
      'refused: the phrase or the digest was wrong, or the server had changed; simulated: a dry run continued',
    ),
    operator,
    digest: z.string(),
    phrase: opt(z.string()),
    reason: opt(z.string()),
    why: opt(REASON_SCHEMA),
    previewAgeMs: opt(z.number()),
    rows: opt(said(z.array(z.number()), 'the rows left out, from 1')),
    back: opt(said(z.array(z.number()), 'the rows taken back, from 1')),
    otherRun: opt(text('the ID of the run that was at work with the same change: it is refused')),
    automatic: opt(said(z.boolean(), 'a refresh that nobody asked for: the rows had changed')),
  }),
  event('gate.refreshed', 'Written when the rows of an open gate were read again by themselves.', {
    step,
    status: said(
      z.enum(['same', 'changed', 'gone', 'failed', 'stopped']),
      'gone: no rows are left; stopped: the gate has been open for too long to be refreshed',
    ),
    ms: opt(z.number()),
    error: opt(z.string()),
    item,
  }),
  event(
    'gate.others',
    'Written when other runs are found at a change of the target of an open gate, and whenever that changes.',
    {
      step,
      runs: said(z.array(otherRun), 'empty when none is left'),
      error: opt(text('why it could not be checked')),
      item,
    },
  ),
  event(
    'rows.spared',
    'Written between a confirmation and its change, if the rows were read again and some differ from what the gate showed.',
    {
      step,
      columns: texts,
      rows: z.array(sparedRow),
      left: number('the number of rows that the change still affects; with none, it is skipped'),
      item,
    },
  ),
  event('operator.awaited', 'Written when the run needs the operator.', {
    step,
    for: awaitedFor,
    can: said(z.array(z.enum(INTENT_TYPES)), 'what the operator can do'),
    reason: opt(text('why the run stopped; missing for a plain start')),
    why: opt(REASON_SCHEMA),
    prompt: opt(text('the question, or the instruction')),
    choices: opt(texts),
    secret: opt(z.boolean()),
    input: opt(text('the input that takes the answer as its value')),
    field: opt(
      z.object({
        name: text('the name of the answer, of several that the step asks for'),
        index: number('from 1'),
        count: z.number(),
      }),
    ),
    login: opt(said(z.boolean(), "the operator's own login failed and can be corrected")),
    clauses: opt(said(z.array(shownClause), 'the clauses to choose from')),
    barred: opt(
      said(
        z.array(z.nullable(z.number())),
        'the clauses that cannot be chosen, from 0, and `null` for the next step: the step failed, and they lead to an end that says resolved',
      ),
    ),
    clause: opt(number('the clause that could not be evaluated, from 0')),
    values: opt(z.array(shownValue)),
    action: opt(said(shownAction, 'what continue will run')),
    error: opt(stepError),
    item,
    part,
    undoable: opt(said(texts, 'the steps that can be undone, the most recent last')),
  }),
  event(
    'operator.acted',
    'Written when the operator did something that moves the run. Answers to gates are `gate.answered`.',
    {
      step,
      operator,
      intent: INTENT_SCHEMA,
      targets: opt(said(z.array(startedTarget), 'the targets from now on; only after an edit')),
    },
  ),
  event('operator.noted', 'Written when the operator adds a note, at any time.', {
    operator,
    step: opt(step),
    text: z.string(),
  }),
  event('adhoc.entered', 'Written when the operator enters an ad-hoc command (`!`).', {
    step: text('its ID: !1 for the first'),
    operator,
    target: z.string(),
    title: z.string(),
    effect: said(effect, 'inferred from its text'),
    because: said(texts, 'why it is not a read; empty for a read'),
    action: shownAction,
  }),
] as const;
