import { EVENT_VERSION, type EventOf } from '#events/log/event.ts';
import type { MachineInput } from '#machine/context.ts';
import type { RunValues } from '#run/values/current.ts';
import { stepOutlines } from '#run/values/step-outlines.ts';
import { targetFacts } from '#run/values/targets.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Case } from './cases/case.ts';

/** The start time of every case, in milliseconds since 1970; it does not depend on real time. */
export const BEGINNING = Date.UTC(2026, 0, 1);

/** The name of the operator in a case. */
export const OPERATOR = 'operator';

const RUN_ID = 'rehearsal';

/** Returns the initial input of the machine for a case. */
export function beginningOf(testCase: Case, values: RunValues): MachineInput {
  const known = targetFacts(values.current);
  const targets = Object.entries(known).map(([name, facts]) => {
    return [name, { ...facts, ...testCase.targets[name] }] as const;
  });
  return {
    run: { id: RUN_ID, operator: OPERATOR, started_at: new Date(BEGINNING).toISOString() },
    inputs: testCase.inputs,
    targets: Object.fromEntries(targets),
    auto: !testCase.answers.some(({ at }) => at === 'start'),
  };
}

/** Returns the first event of a case. */
export function startedEvent(runbook: Runbook, input: MachineInput): EventOf<'run.started'> {
  const { name, title, severity, summary, source, prevention, related } = runbook;
  const about = { name, title, severity, summary, file: source.file, prevention, related };
  return {
    type: 'run.started',
    version: EVENT_VERSION,
    runId: RUN_ID,
    mode: 'live',
    auto: input.auto,
    runbook: { ...about, sha256: '' },
    steps: stepOutlines(runbook),
    inputs: runbook.inputs.map(({ name, secret }) => ({
      name,
      secret,
      value: secret ? `‹secret:${name}›` : ((input.inputs[name] ?? null) as Json),
    })),
    targets: Object.values(input.targets),
    operator: OPERATOR,
    host: 'localhost',
    pid: 0,
    program: 'runbook test',
  };
}
