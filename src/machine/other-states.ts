import type { Runbook, Step, WaitStep } from '../runbook/runbook.ts';
import { renderForPeople } from '../runbook/template.ts';
import type { Await, Execute, Fact } from './effect.ts';
import { enteringStates, entryOf } from './entering.ts';
import { BUSY, failedState, skipRecord, succeededState } from './leaving.ts';
import { type MachineContext, scopeOf } from './machine-context.ts';
import type { StateConfig } from './vocabulary.ts';

type Of = { readonly context: MachineContext };

/** The state of an ask or manual step: the question waits for the operator by itself. */
export function askingState(runbook: Runbook, step: Step): StateConfig {
  const { does } = step;
  const number = does.kind === 'ask' && does.answer === 'number';
  const choices = does.kind === 'ask' ? does.choices : [];
  const ask = (reason?: string) => ({
    type: 'await' as const,
    params: ({ context }: Of) => questionOf(step, context, reason),
  });
  const keep = { type: 'keepAnswer' as const, params: { number } };
  return {
    initial: 'entered',
    entry: entryOf(step),
    states: {
      ...enteringStates(runbook, step, 'asking', 'mayRun'),
      asking: {
        entry: ask(),
        on: {
          ...(does.kind === 'manual'
            ? { REPORT: { target: 'succeeded', actions: keep } }
            : {
                ANSWER: [
                  {
                    guard: { type: 'isAnswer', params: { choices, number } },
                    target: 'succeeded',
                    actions: keep,
                  },
                  { actions: ask(number ? 'that is not a number' : 'choose one of the answers') },
                ],
              }),
          SKIP: { target: 'skipped', actions: skipRecord(step) },
        },
      },
      succeeded: succeededState(runbook, step),
    },
  };
}

function questionOf(step: Step, context: MachineContext, reason: string | undefined): Await {
  const { does } = step;
  if (does.kind === 'manual')
    return {
      step: step.id,
      for: 'report',
      prompt: renderForPeople(does.instruction, scopeOf(context)),
    };
  if (does.kind !== 'ask') return { step: step.id, for: 'answer' };
  const { question, choices, answer } = does;
  const prompt = renderForPeople(question, scopeOf(context));
  return { step: step.id, for: 'answer', prompt, reason, choices, secret: answer === 'secret' };
}

/** The state of a wait step. */
export function waitingState(
  runbook: Runbook,
  step: Step & { readonly does: WaitStep },
): StateConfig {
  return {
    initial: 'entered',
    entry: entryOf(step),
    states: {
      ...enteringStates(runbook, step, 'running', 'mayRun'),
      running: {
        entry: {
          type: 'executeRead',
          params: ({ context }: Of): Execute => ({
            step: step.id,
            part: 'action',
            visit: context.visits[step.id] ?? 1,
            attempt: context.visit.attempt,
            effect: 'read',
            action: { kind: 'wait', ms: step.does.ms },
            digest: undefined,
          }),
        },
        on: {
          ...BUSY,
          SUCCEEDED: { target: 'succeeded', actions: 'keepResult' },
          FAILED: { target: 'failed', actions: 'keepError' },
          UNKNOWN: { target: 'failed', actions: 'keepError' },
          INTERRUPTED: { target: 'running', reenter: true },
        },
      },
      succeeded: succeededState(runbook, step),
      failed: failedState(runbook, step, 'running'),
    },
  };
}

/** The state of a finish step: it ends the run, unless its `if` is false. */
export function finishingState(runbook: Runbook, step: Step): StateConfig {
  return {
    initial: 'entered',
    entry: entryOf(step),
    states: {
      ...enteringStates(runbook, step, 'finishing', 'mayRun'),
      finishing: {
        entry: [
          { type: 'settle', params: { step: step.id, status: 'succeeded' } },
          {
            type: 'record',
            params: { fact: 'settled', step: step.id, status: 'succeeded', error: undefined },
          },
          { type: 'record', params: ({ context }: Of): Fact => endOf(step, context) },
        ],
        always: '#run.finished',
      },
    },
  };
}

function endOf(step: Step, context: MachineContext): Fact {
  const { does } = step;
  if (does.kind !== 'finish') return { fact: 'finished', outcome: 'unresolved', summary: '' };
  const summary = renderForPeople(does.summary, scopeOf(context));
  return { fact: 'finished', outcome: does.outcome, summary };
}
