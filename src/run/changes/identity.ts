import type { GateView } from '#events/view/run-view.ts';
import { cellText } from '#events/wording/table-layout.ts';
import type { TargetFacts } from '#machine/context.ts';
import { ACTION_KINDS, isActionKind } from '#runbook/kinds/action-kinds.ts';
import { sha256 } from '../sha256.ts';

/**
 * Returns the identity of the change of a gate: the step, and its action without what comes from the
 * rows of its preview: who lists them a moment later is at the same change.
 */
export function changeOf(runbook: string, { step, part, item, action, preview }: GateView): string {
  const { kind, text, values, cwd, stdin } = action;
  const rows = preview?.rows ?? [];
  const listed = new Set(rows.flatMap((row) => Object.values(row).map(cellText)));
  const own = values.filter((value) => !listed.has(value));
  // The text has a placeholder for each row, and what a script gets may be all of them.
  const exact = preview === undefined ? [text, values, cwd, stdin] : kind === 'sql' ? [own] : [];
  return sha256(JSON.stringify([runbook, step, part, item?.label, kind, ...exact]));
}

/**
 * Returns the names of the places that a gate's action changes, for each that of its address, and that
 * of the server itself, if it is known. What is local is named with its host.
 */
export function placesOf(
  { action, items }: Pick<GateView, 'action' | 'items'>,
  targets: Readonly<Record<string, TargetFacts>>,
  here: string,
): readonly string[] {
  const { kind, text, where: target } = action;
  const isHere = isActionKind(kind) && ACTION_KINDS[kind].runsOn === 'here';
  const own = isHere ? originOf(text) : target;
  const all = items === undefined ? [own] : items.map(({ where }) => where);
  return [...new Set(all.flatMap((where) => namesOf(where, targets, here)))];
}

function namesOf(
  where: string,
  targets: Readonly<Record<string, TargetFacts>>,
  here: string,
): readonly string[] {
  const facts = Object.values(targets).find((it) => where === `${it.name} · ${it.description}`);
  const address = where.replace(/^.* · /, '').replace(/^ssh \S*@/, 'ssh ');
  if (facts === undefined || facts.engine === null)
    return [/^(?:this machine|docker )/.test(address) ? `${address} of ${here}` : address];
  const { engine, host, port, database, server } = facts;
  const isHere = host === null || /^(?:localhost|127\..*|::1|\/.*)$/.test(host);
  const place = `${engine} ${isHere ? here : host}:${port ?? ''}/${database ?? ''}`;
  return [place, ...(server === undefined ? [] : [`${server}/${database ?? ''}`])];
}

/** Returns scheme and authority of a shown request, whose first line is `POST https://…`. */
function originOf(text: string): string {
  const [, url = ''] = (text.split('\n', 1)[0] ?? '').split(' ');
  return URL.canParse(url) ? new URL(url).origin : url;
}
