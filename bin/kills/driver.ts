// Starts or resumes one run and answers all it asks, as a person who looks before answering would:
// `driver.ts '{"state": …}'`. Says on stdout, one line each, which events are in the journal. With
// `killAfter` it kills itself behind the writing of that many lines.
import { readFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { readSource } from '#cli/library/find-runbook.ts';
import { loadRunbook } from '#cli/library/load-runbook.ts';
import type { Intent } from '#events/log/intent.ts';
import type { RunView } from '#events/view/run-view.ts';
import { type Disk, nodeDisk } from '#run/journal/file/disk.ts';
import type { Surroundings } from '#run/options.ts';
import { resumeRun } from '#run/resume.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { readRun } from '#run/store/read-run.ts';

export type DriverOptions = {
  readonly state: string;
  readonly runbook: string;
  readonly given: Readonly<Record<string, string>>;
  /** The run to resume; a new one is started without. */
  readonly run?: string;
  readonly killAfter?: number;
  /** The file in which each change leaves its step's name when it is done. */
  readonly ledger?: string;
};

const options = JSON.parse(process.argv[2] ?? '{}') as DriverOptions;
let lines = 0;
let answered = 0;
const checked = new Set<string>();

const disk: Disk = {
  ...nodeDisk,
  write: (fd, bytes, offset) => {
    const written = nodeDisk.write(fd, bytes, offset);
    lines += 1;
    if (lines === options.killAfter) process.kill(process.pid, 'SIGKILL');
    writeSync(1, bytes.subarray(offset, offset + written));
    return written;
  },
};

const surroundings: Surroundings = {
  operator: 'kim',
  host: 'desk',
  pid: process.pid,
  program: 'proof of kills',
  terminal: undefined,
  env: process.env,
  clock: () => new Date(),
  monotonic: () => performance.now(),
  random: Math.random,
  reportError: (error) => process.stderr.write(`${String(error)}\n`),
};

const open = await openRun();
open.session.subscribe(({ event }) => {
  if (event !== undefined) queueMicrotask(answer);
});
open.begin();
await open.session.ended;
await open.close();
process.stderr.write(`${JSON.stringify(open.session.end)}\n`);

async function openRun(): Promise<OpenRun> {
  const store = runStore(options.state, { disk });
  const common = { store, surroundings, attended: true, loadParsers: loadEffectParsers };
  if (options.run !== undefined) {
    const recorded = await readRun(await store.open(options.run));
    const runbook = await loadRunbook(recorded.source, recorded.children);
    return resumeRun(runbook, recorded, { ...common, given: options.given, answers: {} });
  }
  const source = { ...readSource(options.runbook), file: basename(options.runbook) };
  const runbook = await loadRunbook(source);
  return startRun(runbook, { ...common, source, given: options.given, auto: true });
}

function answer(): void {
  const view = open.session.view();
  const { awaited } = view;
  if (view.status !== 'waiting' || awaited === undefined || awaited.seq === answered) return;
  answered = awaited.seq;
  // What ran when its process was killed may still be at it: a person would see that.
  if (awaited.for === 'unknown') void settled(changeOf(awaited)).then(() => send(view));
  else send(view);
}

function send(view: RunView): void {
  const intent = answerTo(view);
  const { operator: by, awaited } = view;
  if (intent !== undefined) void open.session.submit({ intent, by, answers: awaited?.seq });
}

function answerTo({ awaited, gate }: RunView): Intent | undefined {
  switch (awaited?.for) {
    case 'gate':
      return {
        type: 'confirm',
        digest: gate?.digest ?? '',
        ...(gate?.phrase === undefined ? {} : { phrase: gate.phrase }),
      };
    case 'unknown':
      if (inLedger('end', changeOf(awaited)))
        return { type: 'mark-done', evidence: 'it is in the ledger' };
      return isNewQuestion(awaited.step) && awaited.can.includes('recheck')
        ? { type: 'recheck' }
        : { type: 'retry' };
    case 'failure':
      return { type: 'retry' };
    case 'answer':
      return { type: 'answer', value: awaited.choices?.[0] ?? 'yes' };
    case 'report':
      return { type: 'report', done: true, evidence: 'seen' };
    case 'decision':
      return { type: 'choose', clause: null, reason: 'on' };
    default:
      return { type: 'continue' };
  }
}

/** Returns whether a step is asked about for the first time: who has checked once decides. */
function isNewQuestion(step: string): boolean {
  const isNew = options.ledger === undefined && !checked.has(step);
  checked.add(step);
  return isNew;
}

/** Returns the name a change has in the ledger: the step, and its item. */
function changeOf({ step, item }: NonNullable<RunView['awaited']>): string {
  return item === undefined ? step : `${step} ${item.label.replaceAll('"', '')}`;
}

async function settled(change: string): Promise<void> {
  const until = Date.now() + 3_000;
  while (inLedger('begin', change) && !inLedger('end', change) && Date.now() < until)
    await setTimeout(20);
}

function inLedger(what: 'begin' | 'end', change: string): boolean {
  if (options.ledger === undefined) return false;
  return readFileSync(options.ledger, 'utf8').split('\n').includes(`${what} ${change}`);
}
