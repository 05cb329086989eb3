import type { Caller } from './access.ts';
import { decideAgain } from './hooks.ts';
import { routeAgain } from './receive-webhook.ts';
import { seenEnvironments, type WebParts } from './seen-runs.ts';
import type { ServedAlert } from './served-team.ts';

const PER_PAGE = 100;

/** The alerts before an ID that somebody may see, and where to continue. */
export type SeenAlerts = {
  readonly alerts: readonly ServedAlert[];
  readonly more: string | undefined;
};

/** Resolves with alerts, most recent first; undefined if `before` is no ID of an alert. */
export async function seenAlerts(
  caller: Caller,
  { access, team }: Pick<WebParts, 'access' | 'team'>,
  before: string | undefined,
): Promise<SeenAlerts | undefined> {
  if (before !== undefined && !/^\d{1,18}$/.test(before)) return undefined;
  const found = await team.alerts({ before, limit: PER_PAGE });
  const { seen, isAll } = await seenBy(caller, access);
  return {
    alerts: found.filter(({ environment }) =>
      environment === undefined ? isAll : seen.has(environment),
    ),
    more: found.length < PER_PAGE ? undefined : found.at(-1)?.id,
  };
}

/** An alert without a run belongs to no environment: its labels may tell of any. */
async function seenBy(caller: Caller, access: WebParts['access']) {
  const seen = new Set(await seenEnvironments(caller, access));
  return { seen, isAll: seen.size === (await access.environments()).length };
}

/** Why an alert that was tried again has no run. */
type NoRun = { readonly status: 403 | 404 | 409; readonly message: string };

/**
 * Decides again about an alert that started no run, by the routes and in the state of now. Resolves with the
 * run that it started or joined, or with why there is none.
 */
export async function tryAgain(
  id: string,
  caller: Caller,
  { access, audit, hooks, now }: Pick<WebParts, 'access' | 'audit' | 'hooks' | 'now'>,
): Promise<{ readonly run: string } | NoRun> {
  const kept = /^\d{1,18}$/.test(id) ? await hooks?.store.find(id) : undefined;
  if (kept === undefined || hooks === undefined || !(await seenBy(caller, access)).isAll)
    return { status: 404, message: 'There is no alert with that ID.' };
  if (kept.isOver) return { status: 409, message: 'It was resolved since.' };
  const again = routeAgain(kept.alert, hooks);
  if (again === undefined)
    return { status: 409, message: 'Its source is not configured any more.' };
  const route = again.routed[0]?.route;
  if (route === undefined) return { status: 409, message: 'No route matches it.' };
  const { operate } = await access.rights(caller, route.environment);
  if (!operate.may) return { status: 403, message: operate.because };
  const { decision, run, reason } = await decideAgain(again, hooks, now());
  const more = { alert: id, decision };
  await audit.note({ what: 'alert-tried-again', person: caller.person.id, run, more });
  if (run !== undefined) return { run };
  return {
    status: 409,
    message: `It was ${decision}${reason === undefined ? '' : `: ${reason}`}.`,
  };
}
