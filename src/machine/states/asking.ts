import type { Reason } from '#events/log/event.ts';
import { renderForPeople } from '#runbook/expression/template.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { choicesOf, listedChoices, questionOf } from '../context/choices.ts';
import { answerForm } from '../context/kept-answer.ts';
import { scopeOf } from '../context/scope.ts';
import type { MachineContext } from '../context.ts';
import type { Await } from '../effect.ts';
import type { Placed } from '../placed-step.ts';
import { ask, type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import type { Body } from './body.ts';
import { skipRecord } from './leaving.ts';

/** Returns the body of an ask or manual step: its questions wait for the operator by themselves. */
export function askingBody(step: Placed, isDryRun: boolean): Body {
  const { does } = step;
  if (does.kind !== 'ask') {
    const states = { asking: reporting(step, isDryRun) };
    return { first: 'asking', byItself: 'mayRun', states };
  }
  const fields = does.fields?.map(({ name }) => name) ?? [undefined];
  return { byItself: 'mayRun', ...questionStates(step, fields) };
}

/** Returns the states of questions that are put one after the other, and the first of them. */
function questionStates(
  step: Placed,
  [field, ...others]: readonly (string | undefined)[],
  suffix = '',
): Pick<Body, 'first' | 'states'> {
  const [next] = others;
  const after =
    next === undefined
      ? { first: 'succeeded', states: {} }
      : questionStates(step, others, `_${next}`);
  const asking = `asking${suffix}`;
  const states = { [asking]: askingState(step, field, after.first), ...after.states };
  if (questionOf(step, field)?.choicesFrom === undefined) return { first: asking, states };
  const listing = `listing${suffix}`;
  return { first: listing, states: { [listing]: listingState(step, field, asking), ...states } };
}

/** The choices of a question are listed before it is put. */
function listingState(step: Placed, field: string | undefined, asking: string): StateConfig {
  const unlisted = {
    type: 'fail' as const,
    params: ({ context }: Of) => ({ ...of(step), error: unlistedError(context, step, field) }),
  };
  return {
    always: [
      { guard: { type: 'hasChoices', params: { ...of(step), field } }, target: asking },
      { target: 'failed', actions: unlisted },
    ],
  };
}

function askingState(step: Placed, field: string | undefined, answered: string): StateConfig {
  const form = answerForm(step, field);
  const put = (why?: Reason) => ask(step, ({ context }) => asked(step, context, field, why));
  const params = { ...of(step), ...form };
  const edit = { type: 'edit' as const, params: { frame: step.frame } };
  return {
    entry: put(),
    on: {
      ANSWER: [
        {
          guard: { type: 'isAnswer', params },
          target: answered,
          actions: [{ type: 'keepAnswer', params }, edit],
        },
        { actions: put({ kind: form.number ? 'not-a-number' : 'not-a-choice' }) },
      ],
      SKIP: { target: 'skipped', actions: skipRecord(step) },
    },
  };
}

function reporting(step: Placed, isDryRun: boolean): StateConfig {
  const { does } = step;
  const params = { ...of(step), ...answerForm(step, undefined) };
  return {
    entry: ask(step, ({ context }) =>
      does.kind === 'manual'
        ? { for: 'report', prompt: renderForPeople(does.instruction, scopeOf(context, step)) }
        : undefined,
    ),
    on: {
      ...(isDryRun ? { CONTINUE: 'simulated' } : {}),
      REPORT: { target: 'succeeded', actions: { type: 'keepAnswer', params } },
      SKIP: { target: 'skipped', actions: skipRecord(step) },
    },
  };
}

function unlistedError(
  context: MachineContext,
  step: Placed,
  field: string | undefined,
): StepError {
  const choices = choicesOf(context, step, field);
  return { kind: 'unresolved', message: choices.ok ? '' : choices.reason };
}

function asked(
  step: Placed,
  context: MachineContext,
  name: string | undefined,
  why: Reason | undefined,
): Omit<Await, 'step'> | undefined {
  const { does } = step;
  const question = questionOf(step, name);
  if (does.kind !== 'ask' || question === undefined) return undefined;
  const scope = scopeOf(context, step);
  const { fields = [], input } = does;
  const own = renderForPeople(question.question, scope);
  const index = fields.findIndex((one) => one.name === name) + 1;
  const field = name === undefined ? undefined : { name, index, count: fields.length };
  const prompt =
    field === undefined
      ? own
      : `${renderForPeople(does.question, scope)}\n${index} of ${field.count}: ${own}`;
  const choices = listedChoices(context, step, name);
  return {
    for: 'answer',
    prompt,
    why,
    choices,
    secret: question.answer === 'secret',
    input,
    field,
  };
}
