import { EVENT_VERSION, type RunEvent } from '../events/event.ts';
import { foldEvent } from '../events/fold.ts';
import { begin } from '../machine/advance.ts';
import { compileRunbook } from '../machine/compile-runbook.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import type { Json } from '../runbook/value.ts';
import { inputValues } from './input-values.ts';
import { openJournal } from './journal.ts';
import { maskEvent } from './mask-event.ts';
import { type OpenRun, openSession } from './open-session.ts';
import type { NewRunOptions } from './run-options.ts';
import { RunValues } from './run-values.ts';
import { SecretValues } from './secret-values.ts';
import { sha256 } from './sha256.ts';
import { targetFacts } from './targets.ts';

/**
 * Starts a run: makes its folder and journal, then hands the session over. Throws a usage error for
 * inputs that are missing or wrong, and an environment error when nothing can be recorded.
 */
export function startRun(runbook: Runbook, options: NewRunOptions): OpenRun {
  const { store, surroundings, source, given } = options;
  const inputs = inputValues(runbook.inputs, { given, env: surroundings.env });
  const secrets = new SecretValues();
  const values = new RunValues(runbook, inputs, secrets);
  const machine = compileRunbook(runbook, sha256);
  const now = surroundings.clock();
  const folder = store.createRun({ source, name: runbook.name, now, random: surroundings.random });
  const journal = openJournal(folder.journal, { clock: surroundings.clock });
  const event = startedEvent(runbook, options, folder.id, values, inputs);
  const started = journal.append(maskEvent(event, secrets.redactor), { sync: true });
  const first = begin(machine, {
    run: { id: folder.id, operator: surroundings.operator, started_at: started.at },
    inputs,
    targets: targetFacts(values.current),
    auto: options.auto,
  });
  const open = openSession({
    runbook,
    machine,
    journal,
    folder,
    values,
    secrets,
    options,
    snapshot: first.snapshot,
    view: foldEvent(undefined, started),
  });
  return { ...open, begin: () => open.session.start(first.effects) };
}

function startedEvent(
  runbook: Runbook,
  { surroundings, source, auto }: NewRunOptions,
  runId: string,
  values: RunValues,
  inputs: Readonly<Record<string, unknown>>,
): RunEvent {
  const { operator, host, pid, program, terminal } = surroundings;
  return {
    type: 'run.started',
    version: EVENT_VERSION,
    runId,
    mode: 'live',
    auto,
    runbook: {
      name: runbook.name,
      title: runbook.title,
      severity: runbook.severity,
      summary: runbook.summary,
      file: source.file,
      sha256: sha256(source.text),
      prevention: runbook.prevention,
      related: runbook.related,
    },
    steps: runbook.steps.map(outlineOf),
    inputs: runbook.inputs.map(({ name, secret }) => ({
      name,
      secret,
      value: shownInput(inputs[name], secret, name),
    })),
    targets: values.current.map(({ facts }) => facts),
    operator,
    host,
    pid,
    program,
    ...(terminal === undefined ? {} : { terminal }),
  };
}

function shownInput(value: unknown, secret: boolean, name: string): Json {
  if (value === null || value === undefined) return null;
  return secret ? `‹secret:${name}›` : (value as Json);
}

function outlineOf(step: Step) {
  const { id, title, why, phase, does } = step;
  const effect = 'effect' in does ? does.effect : ('read' as const);
  return { id, title, phase, kind: does.kind, effect, ...(why === undefined ? {} : { why }) };
}
