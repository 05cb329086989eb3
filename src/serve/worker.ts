import { hostname } from 'node:os';
import { usageError } from '#errors.ts';
import { REPLAY_VERSION } from '#run/resume/replay.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { PreparedRunbook, WorkerKnowledge } from '#team/work/parts.ts';
import { Worker, type WorkerOptions } from '#team/worker.ts';
import type { AcceptedTexts } from './accepted-texts.ts';
import type { FolderRunbooks } from './runbooks.ts';

/** The parts of a worker that is to be started. */
export type WorkerParts = Pick<WorkerOptions, 'url' | 'holdMs' | 'approval' | 'onLost'> & {
  /** The labels of the runs that it takes. */
  readonly labels: readonly string[];
  /** The most runs that it works on at a time. */
  readonly places: number;
  /** Name, version and build, as the control plane shows them. */
  readonly program: string;
  readonly runbooks: FolderRunbooks;
  /** The texts of runbooks that it executes. */
  readonly texts: AcceptedTexts;
  readonly loadParsers: WorkerKnowledge['loadParsers'];
  /** Resolves the values of an environment of this machine; rejects if any is missing. */
  readonly enter: (
    runbook: Runbook,
    environment: string,
    inputs: Readonly<Record<string, string>>,
  ) => Promise<PreparedRunbook>;
  /** Called with what a person who operates the worker should know. */
  readonly say: (text: string) => void;
};

/** Starts a worker. Rejects if the control plane is not reached, or is not migrated. */
export async function startWorker(parts: WorkerParts): Promise<Worker> {
  const { labels, places, program, runbooks, texts, loadParsers, enter, say, ...options } = parts;
  const id = `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
  const worker = await Worker.start({
    ...options,
    announced: { id, labels, program, replay: REPLAY_VERSION, places },
    knowledge: {
      ...{ host: hostname(), env: process.env, loadParsers },
      knows: (digest) => texts.has(digest),
      keep: (needed) => texts.prune(needed),
      reportError: (error) => say(`internal error, the run was not affected: ${String(error)}`),
      async prepare(source, others, { environment, inputs }) {
        if (environment === '') throw usageError('the run names no environment');
        return await enter(await runbooks.load(source, others), environment, inputs);
      },
    },
    onNotice: say,
  });
  say(`${id} takes runs of ${labels.join(', ')}`);
  return worker;
}
