import { dialectOf, type Engine } from '#runbook/model/engines.ts';
import type { Body, Runbook, Step } from '#runbook/model/runbook.ts';
import { rulesOf } from '../kinds/rules.ts';
import type { ParserNeeds } from './parsers.ts';

/** Returns the parsers that the bodies of a runbook need. */
export function parserNeeds(runbook: Runbook): ParserNeeds {
  const bodies = bodiesOf(runbook);
  const isShell = (body: Body): boolean => body.kind === 'shell';
  return {
    shell: bodies.some(({ body }) => isShell(body)),
    postgres: bodies.some(({ body, within }) => needsPostgres(body, within)),
  };
}

type BodyWithin = { readonly body: Body; readonly within: Runbook };

function needsPostgres(body: Body, within: Runbook): boolean {
  if (body.kind === 'shell') return body.script.text.includes('psql');
  return rulesOf(body.kind)
    .statements(body, within.targets)
    .some(({ engine }) => mayBePostgres(engine));
}

/** Returns whether a text for an engine, or for any, can be PostgreSQL's SQL. */
export function mayBePostgres(engine: Engine | undefined): boolean {
  return engine === undefined || dialectOf(engine) === 'postgres';
}

function bodiesOf(runbook: Runbook): readonly BodyWithin[] {
  const checks = runbook.prerequisites.flatMap(({ check }) => check ?? []);
  return [...checks, ...runbook.steps].flatMap((step) => bodiesOfStep(step, runbook));
}

function bodiesOfStep({ does }: Step, within: Runbook): readonly BodyWithin[] {
  if (does.kind === 'runbook') return bodiesOf(does.runbook);
  if (does.kind === 'parallel') return does.steps.flatMap((step) => bodiesOfStep(step, within));
  if (does.kind === 'wait')
    return does.until === undefined ? [] : [{ body: does.until.body, within }];
  if (!('body' in does)) return [];
  const { body, preview, verify, undo } = does;
  return [
    body,
    preview?.body,
    verify?.body,
    undo?.kind === 'action' ? undo.body : undefined,
  ].flatMap((one) => (one === undefined ? [] : [{ body: one, within }]));
}
