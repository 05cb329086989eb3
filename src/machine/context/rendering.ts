import type { ShownChanges, StepPart } from '#events/log/event.ts';
import { renderForPeople, renderText } from '#runbook/expression/template.ts';
import { phraseToType } from '#runbook/model/confirm-phrase.ts';
import { isConsole, statementFor } from '#runbook/model/engines.ts';
import type { HttpBody } from '#runbook/model/http-request.ts';
import {
  type Body,
  bodyTarget,
  type Confirm,
  type Undo,
  type Verify,
} from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Action } from '#safety/actions/action.ts';
import { digestOf, type Hash } from '#safety/actions/digest.ts';
import { describePlace } from '#safety/actions/place.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { renderAction } from '#safety/actions/render.ts';
import type { MachineContext, ShownGate, TargetFacts, Visit } from '../context.ts';
import type { Execute, OpenGate } from '../effect.ts';
import { type Acting, type Placed, qualified } from '../placed-step.ts';
import { frameOf, isSamePlace, visitOf } from './frames.ts';
import { engineOf, isEngineOpen } from './open-engine.ts';
import { isOtherServer, serverOf } from './reached-server.ts';
import { rowChanges, stablePart } from './row-changes.ts';
import { scopeOf } from './scope.ts';

/**
 * Returns the repeated read of a step with its condition: a verification, or a conditional wait.
 */
export function checkOf({ does }: Placed): Verify | undefined {
  if (does.kind === 'wait') {
    if (does.until === undefined) return undefined;
    const { body, readBecause, condition, everyMs } = does.until;
    return { body, readBecause, until: condition, withinMs: does.ms, everyMs };
  }
  return 'body' in does ? does.verify : undefined;
}

/** Returns the execution of a part of a step, rendered now. */
export function executionOf(context: MachineContext, step: Placed, part: StepPart): Execute {
  const visit = visitOf(context, step.slot);
  const frame = visit.undoing?.frame ?? frameOf(context, step.frame);
  return {
    step: step.id,
    part,
    visit: frame.visits[step.name] ?? 1,
    attempt: visit.attempt,
    effect: effectOf(step, part),
    action: rendered(context, step, part),
    digest: undefined,
    item: visit.item,
    isFirstLook: step.does.kind === 'wait' && visit.attempt === 1,
  };
}

function rendered(context: MachineContext, step: Placed, part: StepPart): Execute['action'] {
  const { does } = step;
  if (does.kind === 'wait' && part === 'action') return { kind: 'wait', ms: does.ms };
  const acting = partOf(step, part);
  if (acting === undefined) return { unresolved: `the step has no ${part}` };
  const { body, timeoutMs } = acting;
  if (isEngineOpen(context, step, body)) {
    const target = qualified(step.frame, bodyTarget(body) ?? '');
    return { kind: 'connect', target, timeoutMs };
  }
  const action = renderAction(body, scopeOf(context, step), {
    readOnly: effectOf(step, part) === 'read',
    timeoutMs,
    engine: engineOf(context, step, body),
  });
  if (!action.ok) return { unresolved: action.reason };
  if (!('target' in action.value)) return action.value;
  return { ...action.value, target: qualified(step.frame, action.value.target) };
}

function effectOf({ does }: Placed, part: StepPart): Execute['effect'] {
  if (part === 'undo') return undoOf(does)?.effect ?? 'change';
  return part === 'action' && 'effect' in does ? does.effect : 'read';
}

/** Returns the body of a part of a step with its time limit; undefined if it has none. */
export function partOf(
  step: Placed,
  part: StepPart,
): { readonly body: Body; readonly timeoutMs: number } | undefined {
  const { does } = step;
  if (does.kind === 'wait') return does.until;
  if (!('body' in does)) return undefined;
  const { timeoutMs } = does;
  if (part === 'undo') return undoOf(does);
  const { body } =
    part === 'preview' || part === 'recheck'
      ? (does.preview ?? does)
      : part === 'verify'
        ? (does.verify ?? does)
        : does;
  return { body, timeoutMs };
}

/** Returns the action that undoes a step, if any. */
export function undoOf(does: Placed['does']): Extract<Undo, { kind: 'action' }> | undefined {
  return 'undo' in does && does.undo?.kind === 'action' ? does.undo : undefined;
}

/**
 * Returns the visit with a change rendered and its digest computed, or with the error that prevents
 * it.
 */
export function proposeChange(
  context: MachineContext,
  step: Acting,
  part: 'action' | 'undo',
  hash: Hash,
  isSecret: (text: string) => boolean,
): Visit {
  const {
    pending: before,
    error: _,
    confirmed: __,
    shown = shownBy(before),
    ...visit
  } = context.visit;
  const refuse = (error: StepError): Visit => ({ ...visit, error });
  const { preview, undoing } = visit;
  const { maxRows = 0, volatile = [] } = step.does.preview ?? {};
  if (part === 'action' && preview !== undefined && preview.row_count > maxRows) {
    const message = `the preview has ${preview.row_count} rows, more than the ${maxRows} this step may touch`;
    const hint = 'narrow it down, or act on these by hand';
    return refuse({ kind: 'too_many_rows', message, hint });
  }
  const { body, confirm } = changeOf(step, part);
  const facts = targetFactsOf(context, step, body);
  const moved = undoing && movedTarget(context, step, body);
  if (moved !== undefined) return refuse({ kind: 'config', message: moved });
  const { action } = executionOf(context, step, part);
  if ('unresolved' in action) return refuse({ kind: 'unresolved', message: action.unresolved });
  if (action.kind === 'connect')
    return refuse({ kind: 'config', message: 'which engine the server is, is not known' });
  const phrase = phraseOf(context, step, { body, confirm }, isSecret);
  if (!phrase.ok) return refuse({ kind: 'unresolved', message: phrase.reason });
  const where = whereOf(action, facts);
  const server = serverOf(context, step, body);
  const confirmed = {
    step: step.id,
    action,
    where,
    server,
    readFrom: preview?.server,
    rows: (preview?.rows ?? []).map((row) => stablePart(row, volatile)),
    ...(visit.item === undefined ? {} : { item: visit.item.index }),
    ...(part === 'undo' ? { part } : {}),
  };
  const digest = digestOf(confirmed, hash);
  const then =
    undoing && facts !== undefined ? { server: facts.server, preview: undefined } : shown;
  const changes = then && changesSince(then, { server, preview }, volatile);
  return { ...visit, pending: { action, digest, phrase: phrase.value, server, changes } };
}

/** Returns where an action runs, in words: at an address of its own, on a target, or here. */
function whereOf(action: Action, facts: TargetFacts | undefined): string {
  const own = action.kind === 'shell' ? action.place : undefined;
  return own === undefined ? (facts?.description ?? 'here') : describePlace(own);
}

function shownBy(before: Visit['pending']): ShownGate | undefined {
  return before && { server: before.server, preview: undefined };
}

/** Returns the differences from the previous gate, if any. */
function changesSince(
  then: ShownGate,
  now: ShownGate,
  volatile: readonly string[],
): ShownChanges | undefined {
  const isMoved = isOtherServer(then.server, now.server);
  const isReadElsewhere = isOtherServer(then.preview?.server, now.preview?.server);
  const { same: _, ...rows } =
    then.preview && now.preview ? rowChanges(then.preview, now.preview, volatile) : NO_CHANGES;
  const differ = rows.changed.length + rows.gone.length + rows.added.length > 0;
  const server = isMoved || isReadElsewhere;
  return server || differ ? { server, ...(differ ? { rows } : {}) } : undefined;
}

const NO_CHANGES = { same: [], changed: [], gone: [], added: [] };

function targetFactsOf(context: MachineContext, step: Acting, body: Body): TargetFacts | undefined {
  const frame = context.visit.undoing?.frame ?? frameOf(context, step.frame);
  return frame.targets[bodyTarget(body) ?? ''];
}

/** A change on one server must not be undone on another that now has its name. */
function movedTarget(context: MachineContext, step: Acting, body: Body): string | undefined {
  const then = targetFactsOf(context, step, body);
  const now = frameOf(context, step.frame).targets[bodyTarget(body) ?? ''];
  if (then === undefined || now === undefined || then.engine === null) return undefined;
  if (isSamePlace(then, now)) return undefined;
  return `it ran on ${then.description}, and ${then.name} is ${now.description} now`;
}

function changeOf(
  { does }: Acting,
  part: 'action' | 'undo',
): { readonly body: Body; readonly confirm: Confirm; readonly effect: Execute['effect'] } {
  return part === 'undo' ? (undoOf(does) ?? does) : does;
}

function phraseOf(
  context: MachineContext,
  step: Acting,
  { body, confirm }: { readonly body: Body; readonly confirm: Confirm },
  isSecret: (text: string) => boolean,
) {
  const { level, phrase } = confirm;
  if (level === 'key') return { ok: true, value: undefined } as const;
  const names = { target: bodyTarget(body), step: step.name };
  const wanted =
    phrase === undefined
      ? ({ ok: true, value: step.name } as const)
      : renderText(phrase, scopeOf(context, step));
  if (!wanted.ok) return wanted;
  return { ok: true, value: phraseToType(wanted.value, names, isSecret) } as const;
}

/** Returns the gate of the pending change. */
export function gateOf(
  context: MachineContext,
  step: Acting,
  part: 'action' | 'undo',
  simulated = false,
): OpenGate | undefined {
  const { pending, preview, item } = context.visit;
  if (pending === undefined) return undefined;
  const { body, confirm, effect } = changeOf(step, part);
  const freshForMs =
    part === 'undo' ? Number.MAX_SAFE_INTEGER : (step.does.preview?.freshForMs ?? 0);
  return {
    step: step.id,
    part,
    item,
    simulated,
    title: step.title,
    effect,
    action: pending.action,
    target: targetFactsOf(context, step, body),
    digest: pending.digest,
    // A dry run has nothing to confirm, and no phrase.
    level: simulated ? 'key' : confirm.level,
    phrase: simulated ? undefined : pending.phrase,
    warning: confirm.warning && renderForPeople(confirm.warning, scopeOf(context, step)),
    notRead: confirm.notRead,
    undo: part === 'undo' ? undefined : undoText(context, step),
    preview: preview === undefined ? undefined : { ...preview, freshForMs },
    changes: pending.changes,
  };
}

/** Describes the undo of a change: its action, or the reason why there is none. */
function undoText(context: MachineContext, step: Acting): string | undefined {
  const { undo } = step.does;
  if (undo === undefined) return undefined;
  if (undo.kind === 'none') return undo.reason;
  const { body } = undo;
  if (isEngineOpen(context, step, body))
    return 'It can be undone afterwards; the statement depends on whether the server is MySQL or MariaDB.';
  const engine = engineOf(context, step, body);
  if (body.kind === 'http')
    return `It can be undone afterwards: ${requestText(context, step, body)}`;
  const template =
    body.kind === 'sql'
      ? statementFor(body.texts, engine)
      : body.kind === 'shell'
        ? body.script
        : undefined;
  const quoted = body.kind === 'shell' ? quoteShell : isConsole(engine) ? consoleName : sqlLiteral;
  const text =
    template === undefined ? '' : renderForPeople(template, scopeOf(context, step), quoted);
  return `It can be undone afterwards: ${text.trim()}`;
}

function requestText(context: MachineContext, step: Acting, body: HttpBody): string {
  const scope = scopeOf(context, step);
  const action = renderAction(body, scope, { readOnly: false, timeoutMs: 0, engine: undefined });
  const isKnown = action.ok && action.value.kind === 'http';
  return `${body.method} ${isKnown ? action.value.url : renderForPeople(body.url, scope)}`;
}

/** As {@link sqlLiteral}, for a console. */
function consoleName(text: string): string {
  return text.includes('"') ? text : `"${text}"`;
}

/** A doubled quote could hide a secret from its mask: such a text stays as it is. */
function sqlLiteral(text: string): string {
  return text.includes("'") ? text : `'${text}'`;
}
