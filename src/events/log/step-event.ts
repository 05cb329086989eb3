import * as z from 'zod/mini';
import {
  actionStatus,
  branchCause,
  effect,
  event,
  number,
  opt,
  outcome,
  outputRecord,
  said,
  shownAction,
  shownClause,
  shownInput,
  shownItem,
  shownValue,
  startedTarget,
  step,
  stepError,
  stepPart,
  text,
  texts,
  values,
} from './parts.ts';
import { REASON_SCHEMA } from './reason.ts';

const item = opt(shownItem);
const error = opt(stepError);
const why = opt(REASON_SCHEMA);
const visit = number('from 1');
const attempt = number('from 1; counts retries, and checks of a verification');

/** The events of steps, of their items, and of the runbooks that run as steps. */
export const STEP_EVENTS = [
  event('step.entered', 'Written when the run enters a step.', { step, visit }),
  event(
    'step.started',
    'Written before an action starts. If its effect is not `read`, it is synced before the action starts.',
    {
      step,
      visit,
      part: stepPart,
      attempt,
      effect,
      action: shownAction,
      digest: opt(text('the digest of what runs; only after a gate')),
      confirmed: opt(
        text(
          'the confirmed digest, if what runs is a part of it: rows were spared, or it is one item of several',
        ),
      ),
      together: opt(said(z.boolean(), 'it was confirmed at one gate with other items')),
      item,
    },
  ),
  event('step.finished', 'Written when an action has finished.', {
    step,
    visit,
    part: stepPart,
    attempt,
    status: actionStatus,
    ms: z.number(),
    result: opt(said(values, 'what expressions see, masked')),
    error,
    outputs: z.array(outputRecord),
    elapsedMs: opt(number('milliseconds since the first check of the verification')),
    random: opt(number('drawn for the jitter of a retry, in [0, 1)')),
    item,
    unexpected: opt(
      said(z.literal(true), 'the run was not waiting for it, so it moved nothing: a bug'),
    ),
  }),
  event('step.skipped', 'Written when a step is skipped.', {
    step,
    by: z.enum(['condition', 'operator', 'empty-preview', 'not-needed', 'spared', 'no-items']),
    reason: z.string(),
    why,
  }),
  event(
    'step.settled',
    'Written when the result of a step is final: after `expect` and `verify`, or when the operator marks it as done.',
    { step, status: z.enum(['succeeded', 'failed', 'done-by-hand', 'simulated']), error },
  ),
  event('item.entered', 'Written when a repeated step starts an item.', { step, item: shownItem }),
  event(
    'item.settled',
    'Written when an item of a repeated step has finished, and again if the operator decides otherwise.',
    {
      step,
      item: shownItem,
      status: z.enum(['succeeded', 'failed', 'skipped', 'done-by-hand', 'simulated']),
      error,
      reason: opt(text('why it was skipped')),
      why,
    },
  ),
  event('step.undone', 'Written when a step has been undone.', {
    step,
    by: z.enum(['action', 'hand']),
    item,
    evidence: opt(z.string()),
  }),
  event('child.started', 'Written when a step starts another runbook.', {
    step,
    runbook: z.object({ name: z.string(), title: z.string() }),
    inputs: z.array(shownInput),
    targets: z.array(startedTarget),
    item,
  }),
  event('child.finished', 'Written when a runbook that runs as a step has ended.', {
    step,
    outcome,
    summary: z.string(),
    unchecked: opt(z.string()),
    continue_with: opt(z.string()),
    findings: texts,
    outputs: opt(values),
  }),
  event(
    'timer.armed',
    'Written when a pause starts, before a retry or the next check of a verification.',
    { step, for: z.enum(['retry', 'verify']), ms: z.number(), attempt, item },
  ),
  event('timer.fired', 'Written when the pause is over.', { step, item }),
  event('branch.taken', 'Written when `next` was evaluated, or the operator chose.', {
    step,
    clause: said(
      z.nullable(z.number()),
      'from 0; null when no clause was true and the next step follows',
    ),
    by: branchCause,
    goto: step,
    condition: opt(z.string()),
    finding: opt(z.string()),
    cause: opt(said(z.literal(true), 'the runbook marks the finding as a cause')),
    values: z.array(shownValue),
    notTaken: said(z.array(shownClause), 'the other clauses'),
    reason: opt(z.string()),
    why,
  }),
] as const;
