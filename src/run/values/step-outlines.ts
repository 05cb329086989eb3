import type { StepLimits, StepOutline } from '#events/log/event.ts';
import { placedSteps } from '#machine/placed-step.ts';
import type { Runbook, Step, WaitStep } from '#runbook/model/runbook.ts';

type Does = Step['does'];

/** Returns every step of a run before it runs, each followed by those inside it. */
export function stepOutlines(runbook: Runbook): readonly StepOutline[] {
  return [...placedSteps(runbook).values()].map(({ id, title, why, phase, does, parent }) => ({
    id,
    title,
    phase,
    kind: does.kind,
    effect: 'effect' in does ? does.effect : 'read',
    ...(why === undefined ? {} : { why }),
    ...(parent === undefined ? {} : { parent }),
    ...(does.kind === 'finish' ? { outcome: does.outcome } : {}),
    ...limitsOf(does),
  }));
}

function limitsOf(does: Does): { readonly limits?: StepLimits } {
  if (does.kind === 'wait') return { limits: waitLimits(does) };
  if (!('verify' in does)) return {};
  const { timeoutMs, retry, verify } = does;
  return {
    limits: {
      timeoutMs,
      ...(retry === undefined ? {} : { attempts: retry.attempts }),
      ...(verify === undefined ? {} : { until: verify.until.text, withinMs: verify.withinMs }),
    },
  };
}

function waitLimits({ ms, until }: WaitStep): StepLimits {
  if (until === undefined) return { pauseMs: ms };
  return { timeoutMs: until.timeoutMs, until: until.condition.text, withinMs: ms };
}
