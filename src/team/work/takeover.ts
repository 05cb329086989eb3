import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { isConsole } from '#runbook/model/engines.ts';
import { endSessions } from '#steps/end-sessions.ts';
import type { ResolvedTarget } from '#steps/open-executors.ts';

type Cleared = NonNullable<EventOf<'run.resumed'>['cleared']>;

/** The time for all targets of a run; a target that does not answer must not hold the run up. */
const CLEAR_MS = 20_000;

/**
 * Ends what earlier legs of a run left on its targets: a statement that goes on after its worker
 * was killed would change something behind the question whether it did. Resolves with the sessions,
 * and with the targets where what was begun may still be at work.
 */
export async function clearTargets(
  run: string,
  targets: readonly ResolvedTarget[],
  records: readonly RecordedEvent[],
): Promise<Cleared> {
  const signal = AbortSignal.timeout(CLEAR_MS);
  const recorded = records.flatMap(({ event }) => sessionIn(event));
  const used = new Set(
    records.flatMap(({ event }) => (event.type === 'target.connected' ? [event.target] : [])),
  );
  const servers = new Map(
    targets.flatMap((target) =>
      target.kind === 'database'
        ? [[`${target.engine ?? ''} ${target.url} ${target.reserveUrl ?? ''}`, target]]
        : [],
    ),
  );
  const ended = await Promise.all(
    [...servers.values()].map(async ({ name, engine, url, reserveUrl }) => {
      const applicationName = `runbook/${run}`;
      const clearing = `runbook takeover/${run}`;
      const of = { engine, url, reserveUrl, applicationName, clearing, recorded, signal };
      const sessions = await endSessions(of);
      return sessions.map((session) => ({ target: name, ...session }));
    }),
  );
  // A server that no leg had reached has nothing of the run: that it is not reached now tells nothing.
  const known = ended
    .flat()
    .filter(({ target, session }) => session !== undefined || used.has(target));
  return [...known, ...notCleared(targets, records)];
}

function sessionIn(event: RecordedEvent['event']) {
  if (event.type !== 'target.connected') return [];
  const { server, session } = event.facts;
  return typeof server === 'string' && typeof session === 'number' ? [{ server, session }] : [];
}

/**
 * A script that was at work goes on, if its machine lives, and so does a command of a console:
 * nothing here can end it.
 */
function notCleared(
  targets: readonly ResolvedTarget[],
  records: readonly RecordedEvent[],
): Cleared {
  const open = new Map<string, EventOf<'step.started'>>();
  for (const { event } of records) {
    if (event.type === 'step.started') open.set(`${event.step} ${event.part}`, event);
    if (event.type === 'step.finished') open.delete(`${event.step} ${event.part}`);
  }
  const left = new Map(targets.map((target) => [target.name, whyLeft(target)]));
  return [...open.values()].flatMap(({ effect, action }) => {
    if (effect === 'read') return [];
    const [target = ''] = action.where.split(' · ');
    const why = action.kind === 'shell' ? SCRIPT : left.get(target);
    return why === undefined ? [] : [{ target, state: 'unknown', left: why }];
  });
}

const SCRIPT = 'a script cannot be ended from here';

function whyLeft(target: ResolvedTarget): string | undefined {
  if (target.kind !== 'database') return SCRIPT;
  return isConsole(target.engine) ? 'a command of the console cannot be ended' : undefined;
}
