import type { ShownChanges } from '#events/log/event.ts';
import { renderText } from '#runbook/expression/template.ts';
import { phraseToType } from '#runbook/model/confirm-phrase.ts';
import { defined } from '#runbook/model/defined.ts';
import { stablePart } from '#runbook/model/row-columns.ts';
import { type Body, bodyTarget, type Confirm } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Action } from '#safety/actions/action.ts';
import { digestOf, type Hash } from '#safety/actions/digest.ts';
import { describePlace } from '#safety/actions/place.ts';
import type {
  MachineContext,
  PendingChange,
  PinnedRows,
  ShownGate,
  TargetFacts,
  Undoable,
  Visit,
} from '../context.ts';
import type { Acting } from '../placed-step.ts';
import { frameOf, isSamePlace } from './frames.ts';
import { isOtherServer, serverOf } from './reached-server.ts';
import { changeOf, executionOf, targetFactsOf } from './rendering.ts';
import { rowChanges } from './row-changes.ts';
import { scopeOf } from './scope.ts';
import { unsettledOf } from './unsettled.ts';

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
  const unfit = part === 'action' && preview && unfitRows(preview, maxRows);
  if (unfit) return refuse(unfit);
  const { body, confirm } = changeOf(step, part);
  const facts = targetFactsOf(context, step, body);
  const moved = undoing && movedTarget(context, step, body);
  if (moved !== undefined) return refuse({ kind: 'config', message: moved });
  const { action } = executionOf(context, step, part);
  if ('unresolved' in action) return refuse({ kind: 'unresolved', message: action.unresolved });
  if (action.kind === 'connect')
    return refuse({ kind: 'config', message: 'which engine the server is, is not known' });
  const unsettled = unsettledOf(context, step.id, part);
  const phrase = phraseOf(context, step, { body, confirm, unsettled }, isSecret);
  if (!phrase.ok) return refuse({ kind: 'unresolved', message: phrase.reason });
  const where = whereOf(action, facts);
  const found = body.kind === 'shell' ? visit.found : undefined;
  const server = found?.server ?? serverOf(context, step, body);
  const confirmed = {
    step: step.id,
    action,
    where,
    server,
    readFrom: preview?.server,
    rows: (preview?.rows ?? []).map((row) => stablePart(row, volatile)),
    ...(visit.item === undefined ? {} : { item: visit.item.index }),
    ...(part === 'undo' ? { part } : {}),
    ...defined({ unsettled }),
  };
  const digest = digestOf(confirmed, hash);
  const then = shownTo(undoing, facts) ?? shown;
  const changes = then && changesSince(then, { server, preview }, volatile);
  const pending = { action, digest, phrase: phrase.value, server, found, changes, unsettled };
  return { ...visit, pending };
}

/** Returns why no gate is opened for these rows, if there is a reason. */
function unfitRows({ row_count, unresolved }: PinnedRows, maxRows: number): StepError | undefined {
  if (unresolved !== undefined) return { kind: 'unresolved', message: unresolved };
  if (row_count <= maxRows) return undefined;
  const message = `the preview has ${row_count} rows, more than the ${maxRows} this step may touch`;
  const hint = 'narrow it down, or act on these by hand';
  return { kind: 'too_many_rows', message, hint };
}

/** Returns what was shown of the change that is being undone. */
function shownTo(
  undoing: Undoable | undefined,
  facts: TargetFacts | undefined,
): ShownGate | undefined {
  if (undoing === undefined || facts === undefined) return undefined;
  const server = undoing.visit.pending?.found?.server ?? facts.server;
  return { server, preview: undefined };
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

/** A change on one server must not be undone on another that now has its name. */
function movedTarget(context: MachineContext, step: Acting, body: Body): string | undefined {
  const then = targetFactsOf(context, step, body);
  const now = frameOf(context, step.frame).targets[bodyTarget(body) ?? ''];
  if (then === undefined || now === undefined || then.engine === null) return undefined;
  if (isSamePlace(then, now)) return undefined;
  return `it ran on ${then.description}, and ${then.name} is ${now.description} now`;
}

type Phrased = { readonly body: Body; readonly confirm: Confirm };

/** A change that may take effect twice is never confirmed by a key. */
function phraseOf(
  context: MachineContext,
  step: Acting,
  { body, confirm, unsettled }: Pick<PendingChange, 'unsettled'> & Phrased,
  isSecret: (text: string) => boolean,
) {
  const { level, phrase } = confirm;
  if (level === 'key' && unsettled === undefined) return { ok: true, value: undefined } as const;
  const names = { target: bodyTarget(body), step: step.name };
  const wanted =
    phrase === undefined
      ? ({ ok: true, value: step.name } as const)
      : renderText(phrase, scopeOf(context, step));
  if (!wanted.ok) return wanted;
  return { ok: true, value: phraseToType(wanted.value, names, isSecret) } as const;
}
