import { keyOf } from '#events/log/action-key.ts';
import { isOfAdhoc } from '#events/log/adhoc.ts';
import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { placedSteps } from '#machine/placed-step.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Json } from '#runbook/model/value.ts';
import { jsonText } from '#runbook/model/value.ts';
import { standInFor } from '../mocks/stand-in.ts';
import { recordedAnswers } from './answer.ts';
import { recordedResult } from './result.ts';

type Fields = { readonly [key: string]: Json };

/** A case, ready to be written. */
export type RecordedCase = Fields & { readonly name: string };

/**
 * Returns a case that reproduces a run: its inputs with secrets replaced, the results of its steps,
 * the operator's actions and the outcome. Undefined if the run never began.
 */
export function recordCase(
  runbook: Runbook,
  recorded: readonly RecordedEvent[],
): RecordedCase | undefined {
  // A case is about the runbook, not about ad-hoc commands run beside it.
  const records = recorded.filter(({ event }) => !isOfAdhoc(event));
  const started = records[0]?.event;
  const view = foldEvents(records);
  if (started?.type !== 'run.started' || view === undefined) return undefined;
  const answers = recordedAnswers(records, (input) => {
    const definition = runbook.inputs.find(({ name }) => name === input);
    return definition && String(standInFor(definition, runbook, started));
  });
  const targets = connectedTargets(records, started);
  const steps = recordedSteps(runbook, records);
  return {
    name: `as in the run ${started.runId}`,
    ...filled('inputs', recordedInputs(runbook, started)),
    ...filled('targets', targets),
    ...filled('steps', steps),
    ...(answers.length === 0 ? {} : { answers }),
    expect: expectation(records, view),
  };
}

function filled(name: string, fields: Fields): Fields {
  return Object.keys(fields).length === 0 ? {} : { [name]: fields };
}

function recordedInputs(runbook: Runbook, started: EventOf<'run.started'>): Fields {
  const recorded = new Map(started.inputs.map(({ name, value }) => [name, value]));
  return Object.fromEntries(
    runbook.inputs.flatMap((definition) => {
      const { name, secret } = definition;
      const value = recorded.get(name) ?? null;
      if (jsonText(value) === jsonText(definition.default)) return [];
      return [[name, secret && value !== null ? standInFor(definition, runbook, started) : value]];
    }),
  );
}

/** Returns the facts about targets that became known on connection. */
function connectedTargets(
  records: readonly RecordedEvent[],
  started: EventOf<'run.started'>,
): Fields {
  const targets: Record<string, Json> = {};
  for (const { event } of records) {
    if (event.type !== 'target.connected') continue;
    const before = started.targets.find(({ name }) => name === event.target);
    const news = (['engine', 'host', 'port', 'database', 'user'] as const).flatMap((field) => {
      const value = event.facts[field];
      return value === undefined || value === null || value === before?.[field]
        ? []
        : [[field, value] as const];
    });
    if (news.length > 0) targets[event.target] = Object.fromEntries(news);
  }
  return targets;
}

const PARTS: Readonly<Record<string, string>> = { action: 'result' };

function recordedSteps(runbook: Runbook, records: readonly RecordedEvent[]): Fields {
  const steps = placedSteps(runbook);
  const results = new Map<string, Record<string, Json[]>>();
  const add = (step: string, part: string, result: Json): void => {
    const parts = results.get(step) ?? {};
    parts[part] = [...(parts[part] ?? []), result];
    results.set(step, parts);
  };
  const connecting = new Set<string>();
  for (const [index, { event }] of records.entries()) {
    if (event.type === 'step.started') {
      if (event.action.kind === 'connect') connecting.add(keyOf(event));
      else connecting.delete(keyOf(event));
    }
    // A case gives the results of reads; connections are not part of it.
    const isMade =
      event.type === 'step.finished' &&
      event.status === 'succeeded' &&
      connecting.has(keyOf(event));
    if (event.type === 'step.finished' && !isMade) {
      const result = recordedResult(event, steps);
      if (result !== undefined) add(event.step, event.part, lasting(result, event, records, index));
    }
    const lost = event.type === 'run.resumed' ? event.interrupted : undefined;
    if (lost !== undefined && lost.effect !== 'read')
      add(lost.step, lost.part, { unknown: 'cancelled' });
  }
  const changed = stepsWithOtherRows(records);
  return Object.fromEntries(
    [...results].map(([step, parts]) => {
      const told = Object.entries(parts).filter(
        ([part]) => part !== 'recheck' || changed.has(step),
      );
      const named = told.map(([part, list]) => [PARTS[part] ?? part, one(list)]);
      const alone = Object.keys(parts).length === 1 ? parts.action : undefined;
      return [step, alone === undefined ? (Object.fromEntries(named) as Fields) : one(alone)];
    }),
  );
}

/** Finds the steps whose rows changed on a refresh; unchanged rows are not written. */
function stepsWithOtherRows(records: readonly RecordedEvent[]): ReadonlySet<string> {
  const shown = new Map<string, string>();
  const changed = new Set<string>();
  for (const { event } of records) {
    if (event.type !== 'step.finished') continue;
    const rows = JSON.stringify(event.result?.rows);
    if (event.part === 'preview') shown.set(event.step, rows);
    if (event.part === 'recheck' && rows !== shown.get(event.step)) changed.add(event.step);
  }
  return changed;
}

function one(results: readonly Json[]): Json {
  const [first] = results;
  return results.length === 1 && first !== undefined ? first : results;
}

/** The check after which a verification timed out lasts as long as the verification. */
function lasting(
  result: Json,
  event: EventOf<'step.finished'>,
  records: readonly RecordedEvent[],
  index: number,
): Json {
  if (event.part !== 'verify' || typeof result !== 'object' || result === null) return result;
  const next = records[index + 1]?.event;
  const isOver = next?.type !== 'timer.armed' && event.elapsedMs !== undefined;
  const isVerified = next?.type === 'step.settled' && next.status !== 'failed';
  if (!isOver || isVerified) return result;
  return { ...result, takes: `${Math.ceil((event.elapsedMs ?? 0) / 1000)}s` };
}

function expectation(records: readonly RecordedEvent[], view: RunView): Json {
  const gates = records.flatMap(({ event }): readonly Json[] => {
    if (event.type !== 'gate.opened') return [];
    const { step, effect, phrase, preview, part } = event;
    return [
      {
        step,
        effect,
        ...(part === 'undo' ? { undo: true } : {}),
        ...(phrase === undefined ? {} : { phrase }),
        ...(preview === undefined ? {} : { rows: preview.rows.length }),
      },
    ];
  });
  const causes = view.findings.flatMap(({ text, isCause }) => (isCause ? [text] : []));
  return {
    path: view.path,
    outcome: view.outcome ?? 'left',
    findings: view.findings.map(({ text }) => text),
    ...(causes.length === 0 ? {} : { causes }),
    gates,
  };
}
