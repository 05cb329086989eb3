import { renderForPeople } from '#runbook/expression/template.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { choicesOf, listedChoices } from '../context/choices.ts';
import { scopeOf } from '../context/scope.ts';
import type { MachineContext } from '../context.ts';
import type { Await } from '../effect.ts';
import type { Placed } from '../placed-step.ts';
import { ask, type Of, of } from '../step-of.ts';
import type { Body } from './body.ts';
import { skipRecord } from './leaving.ts';

/** Returns the body of an ask or manual step: the question waits for the operator by itself. */
export function askingBody(step: Placed, isDryRun: boolean): Body {
  const { does } = step;
  const number = does.kind === 'ask' && does.answer === 'number';
  const isListed = does.kind === 'ask' && does.choicesFrom !== undefined;
  const isSimulated = isDryRun && does.kind === 'manual';
  const put = (reason?: string) => ask(step, ({ context }) => questionOf(step, context, reason));
  const asksInput = does.kind === 'ask' && does.input !== undefined;
  const keep = { type: 'keepAnswer' as const, params: { ...of(step), number, asksInput } };
  const edit = { type: 'edit' as const, params: { frame: step.frame } };
  const unlisted = {
    type: 'fail' as const,
    params: ({ context }: Of) => ({ ...of(step), error: unlistedError(context, step) }),
  };
  const listing = {
    always: [
      { guard: { type: 'hasChoices' as const, params: of(step) }, target: 'asking' },
      { target: 'failed', actions: unlisted },
    ],
  };
  return {
    first: isListed ? 'listing' : 'asking',
    byItself: 'mayRun',
    states: {
      ...(isListed ? { listing } : {}),
      asking: {
        entry: put(),
        on: {
          ...(isSimulated ? { CONTINUE: 'simulated' } : {}),
          ...(does.kind === 'manual'
            ? { REPORT: { target: 'succeeded', actions: keep } }
            : {
                ANSWER: [
                  {
                    guard: { type: 'isAnswer', params: { ...of(step), number, asksInput } },
                    target: 'succeeded',
                    actions: [keep, edit],
                  },
                  { actions: put(number ? 'that is not a number' : 'choose one of the answers') },
                ],
              }),
          SKIP: { target: 'skipped', actions: skipRecord(step) },
        },
      },
    },
  };
}

function unlistedError(context: MachineContext, step: Placed): StepError {
  const choices = choicesOf(context, step);
  return { kind: 'unresolved', message: choices.ok ? '' : choices.reason };
}

function questionOf(
  step: Placed,
  context: MachineContext,
  reason: string | undefined,
): Omit<Await, 'step'> {
  const { does } = step;
  const scope = scopeOf(context, step);
  if (does.kind === 'manual')
    return { for: 'report', prompt: renderForPeople(does.instruction, scope) };
  if (does.kind !== 'ask') return { for: 'answer' };
  const { question, answer, input } = does;
  const choices = listedChoices(context, step);
  const prompt = renderForPeople(question, scope);
  return { for: 'answer', prompt, reason, choices, secret: answer === 'secret', input };
}
