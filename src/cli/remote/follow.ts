import { EXIT, type ExitCode, usageError } from '#errors.ts';
import { summaryLines } from '#report/summary.ts';
import { OUTCOME_FACTS } from '#runbook/model/outcomes.ts';
import { linesOnceBegun } from '#team/remote/begun.ts';
import { RemoteRun } from '#team/remote/run.ts';
import type { ServerApi } from '#team/remote/server-api.ts';
import { type MayDo, stateOf } from '#team/remote/state.ts';
import type { RemoteStore } from '#team/remote/store.ts';
import { harmlessLine } from '#text/harmless.ts';
import { choosePresentation, type Presentation, showFollowed, whileHere } from '../present-run.ts';
import { say, warn } from '../say.ts';
import { reportError } from '../surroundings.ts';
import { withServer } from './connect.ts';

/** How a run of a server is shown. */
export type FollowOptions = {
  readonly plain: boolean;
  /** It was started here: everything is told, and without a terminal it is left once it waits. */
  readonly isNew: boolean;
};

/** `runbook attach --on SERVER`: shows a run of a server, or its most recent open one. */
export async function attachOn(
  name: string,
  argument: string | undefined,
  { plain }: { readonly plain: boolean },
): Promise<ExitCode> {
  return await withServer(name, async (runs) => {
    const id = await (argument === undefined ? newestOpen(runs) : runs.find(argument));
    return await followOn(runs, id, { plain, isNew: false });
  });
}

async function newestOpen(runs: RemoteStore): Promise<string> {
  for await (const { id } of runs.rows({ state: 'open' })) return id;
  const { name } = runs.api;
  throw usageError(`no run is in progress on ${name}`, `list them: runbook runs --on ${name}`);
}

/**
 * Shows a run of a server until it has ended or is left, and sends it the answers of a person who may
 * act. Returns the exit code of the run; 0 if it goes on, or if the person may only watch.
 */
export async function followOn(
  runs: RemoteStore,
  id: string,
  { plain, isNew }: FollowOptions,
): Promise<ExitCode> {
  const { api } = runs;
  const presentation = choosePresentation({ plain });
  return await whileHere(presentation, async (gone) => {
    const lines = await linesOnceBegun(api, id, { say: warn, signal: gone });
    if (lines === undefined) return left(api, id);
    const { operate } = (await stateOf(api, id)).may;
    const isTold = isNew && presentation !== 'screen';
    const run = new RemoteRun(api, id, isTold ? firstLine(lines) : lines, reportError);
    try {
      const isWaiting = isNew && presentation === 'lines' ? leaveWhenAsked(run) : () => false;
      if (!operate.may && presentation !== 'screen')
        say(`read-only: ${harmlessLine(operate.because)} Ctrl-C stops watching.`);
      const clock = () => Date.now() + api.skewMs;
      await showFollowed(run, { runs, presentation, gone, watching: !operate.may, clock });
      await run.ended;
      return isWaiting() ? waits(api, id) : ended(run, { api, operate, presentation });
    } finally {
      run.leave();
    }
  });
}

function firstLine(lines: Buffer): Buffer {
  return lines.subarray(0, lines.indexOf('\n') + 1);
}

type Shown = {
  readonly api: ServerApi;
  readonly presentation: Presentation;
  readonly operate: MayDo;
};

function ended(run: RemoteRun, { api, operate, presentation }: Shown): ExitCode {
  const { outcome } = run.view();
  if (run.wasLeft || outcome === undefined) return left(api, run.id);
  if (presentation !== 'lines') say(summaryLines(run.view(), api.name).join('\n'));
  return operate.may ? OUTCOME_FACTS[outcome].exitCode : EXIT.ok;
}

function left(api: ServerApi, id: string): ExitCode {
  say(`You left ${id}. It continues on ${api.name}.\n${waysBack(api, id)}`);
  return EXIT.ok;
}

function waits(api: ServerApi, id: string): ExitCode {
  say(`${id} waits for a person on ${api.name}.\n${waysBack(api, id)}`);
  return EXIT.notConfirmed;
}

function waysBack(api: ServerApi, id: string): string {
  return `  runbook attach ${id} --on ${api.name}\n  ${pageOf(api, id)}`;
}

/** Returns the address of a run's page. */
export function pageOf({ url }: ServerApi, id: string): string {
  return `${url.href.replace(/\/$/, '')}/r/${id}`;
}

/** Leaves a run once it waits for a person; returns whether that was so. */
function leaveWhenAsked(run: RemoteRun): () => boolean {
  let isAsked = false;
  const look = (): void => {
    if (run.view().status !== 'waiting') return;
    isAsked = true;
    run.leave();
  };
  run.subscribe(({ event }) => {
    if (event !== undefined) look();
  });
  look();
  return () => isAsked;
}
