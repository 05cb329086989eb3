import type { Context } from 'hono';
import { foldEvents } from '#events/view/fold.ts';
import type { TeamRow, WantedRuns } from '#events/view/run-row.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { Access, Caller, Person, Rights } from './access.ts';
import type { AuditLog } from './audit.ts';
import type { HookParts } from './routes/hooks.ts';
import type { WebEnv } from './security.ts';
import type { ServedRecord, ServedRuns } from './served-runs.ts';
import type { ServedTeam } from './served-team.ts';

/** The parts of the server. */
export type WebParts = {
  readonly runs: ServedRuns;
  readonly access: Access;
  readonly team: ServedTeam;
  readonly audit: AuditLog;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** Called for errors that are not refusals, with the method and the path of the request. */
  readonly reportError: (error: unknown, request: string) => void;
  /** Resolves with whether requests fail since the control plane is away. */
  readonly isAway: () => Promise<boolean>;
  /** Alerts that start runs; without it there are no webhooks. */
  readonly hooks?: Omit<HookParts, 'now' | 'reportError' | 'isAway'>;
  /** Links that sign somebody in: the token and the page behind the code of one, which it uses up. */
  readonly loginLink?:
    | ((code: string) => { readonly token: string; readonly next: string } | undefined)
    | undefined;
};

/** A run that a person may see, and the rights in its environment. */
export type SeenRun = {
  readonly run: TeamRow;
  readonly rights: Rights;
  readonly person: Person;
  readonly caller: Caller;
};

/** Returns who sends an intent to a run, and with which rights, for the worker to decide again. */
export function senderOf({ run, caller, rights }: SeenRun) {
  const { person, signedInAt } = caller;
  const { id, environment } = run;
  return { run: id, person: person.id, roles: rights.roles, environment, signedInAt } as const;
}

/** Resolves with the run of a request; undefined if there is none that its author may see. */
export async function seenRun(
  context: Context<WebEnv>,
  { runs, access }: Pick<WebParts, 'runs' | 'access'>,
): Promise<SeenRun | undefined> {
  const caller = context.get('caller');
  const run = await runs.find(context.req.param('id') ?? '');
  if (run === undefined) return undefined;
  const rights = await access.rights(caller, run.environment);
  return rights.see ? { run, rights, person: caller.person, caller } : undefined;
}

/** Resolves with the environments whose runs somebody may see; only the named one, if it is given. */
export async function seenEnvironments(
  caller: Caller,
  access: Access,
  named?: string,
): Promise<readonly string[]> {
  const names = named === undefined ? await access.environments() : [named];
  const rights = await Promise.all(names.map((name) => access.rights(caller, name)));
  return names.filter((_, index) => rights[index]?.see);
}

/** Resolves with those of the wanted runs that somebody may see, and where to continue. */
export async function seenRuns(
  caller: Caller,
  { runs, access }: Pick<WebParts, 'runs' | 'access'>,
  { environment, ...wanted }: Omit<WantedRuns, 'environments'> & { readonly environment?: string },
): Promise<{ readonly runs: readonly TeamRow[]; readonly more: string | undefined }> {
  const environments = await seenEnvironments(caller, access, environment);
  const found = await runs.list({ ...wanted, environments });
  return { runs: found, more: found.length < wanted.limit ? undefined : found.at(-1)?.id };
}

/** Resolves with the record of a run and its view, which is undefined before the first event. */
export async function viewed(
  runs: ServedRuns,
  id: string,
): Promise<ServedRecord & { readonly view: RunView | undefined }> {
  const record = await runs.record(id);
  return { ...record, view: foldEvents(record.records) };
}
