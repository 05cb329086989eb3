import type { Caller } from './access.ts';
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
  const seen = new Set(await seenEnvironments(caller, access));
  const all = await access.environments();
  return {
    // An alert without a run belongs to no environment: its labels may tell of any.
    alerts: found.filter(({ environment }) =>
      environment === undefined ? seen.size === all.length : seen.has(environment),
    ),
    more: found.length < PER_PAGE ? undefined : found.at(-1)?.id,
  };
}
