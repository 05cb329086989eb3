import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { runStore } from '#run/store/file/folders.ts';
import { verifyRun } from '#run/store/verify-run.ts';
import type { DriverOptions } from './driver.ts';

/** What is run and killed. */
export type Subject = {
  readonly runbook: string;
  readonly given: (folder: string) => Readonly<Record<string, string>>;
  readonly ledger: boolean;
  /** Returns what is wrong with the world when the run has come to its end. */
  readonly check: (folder: string) => Promise<readonly string[]>;
};

/** When a process is killed: behind the writing of a line, or so long after it. */
export type Kill = {
  /** The number of a line that the process writes, from 1. */
  readonly afterLine: number;
  /** Missing: at once, before anything else is done. */
  readonly laterMs?: number;
};

/** What came of a trial; each list says what went wrong. */
export type Trial = {
  readonly kills: number;
  readonly lines: number;
  /** From the first line to the last. */
  readonly ms: number;
  readonly twice: readonly string[];
  readonly lost: readonly string[];
  readonly refused: readonly string[];
  readonly unverified: readonly string[];
  readonly unfinished: readonly string[];
};

const DRIVER = fileURLToPath(new URL('./driver.ts', import.meta.url));
const END_WITHIN_MS = 120_000;

/** Starts a run, kills its process at each of the given moments, and lets it come to its end. */
export async function tryKills(subject: Subject, kills: readonly Kill[]): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-kills-'));
  try {
    return await tried(subject, kills, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tried(subject: Subject, kills: readonly Kill[], folder: string): Promise<Trial> {
  const state = join(folder, 'state');
  writeFileSync(join(folder, 'ledger'), '');
  const options: DriverOptions = {
    state,
    runbook: subject.runbook,
    given: subject.given(folder),
    ...(subject.ledger ? { ledger: join(folder, 'ledger') } : {}),
  };
  const turns: Turn[] = [];
  for (const kill of [...kills, undefined]) {
    const turn = await takeTurn(options, kill, turns.at(-1)?.journal ?? '');
    turns.push(turn);
    if (turn.isFinished) break;
  }
  const run = runIn(state) ?? '';
  const { records } = readJournal(journalOf(state, run));
  const { flaws } = await verifyRun(await runStore(state).open(run));
  const wrong = await subject.check(folder);
  const [first, last] = [records[0], records.at(-1)];
  return {
    kills: turns.filter(({ killed }) => killed).length,
    lines: records.length,
    ms: Date.parse(last?.at ?? '') - Date.parse(first?.at ?? ''),
    twice: [...unasked(records), ...repeated(folder, records)],
    lost: turns.flatMap(({ lost }) => lost),
    refused: turns.flatMap(({ refused }) => refused),
    unverified: flaws.map(({ file, what }) => `${file} ${what}`),
    unfinished: [...(isFinished(state, run) ? [] : ['the run did not finish']), ...wrong],
  };
}

/** What one process of a run left behind. */
type Turn = {
  readonly killed: boolean;
  readonly isFinished: boolean;
  /** The whole lines of the journal. */
  readonly journal: string;
  readonly lost: readonly string[];
  readonly refused: readonly string[];
};

/** Starts the run or resumes it; `before` are the lines that were in its journal. */
async function takeTurn(
  options: DriverOptions,
  kill: Kill | undefined,
  before: string,
): Promise<Turn> {
  const { state } = options;
  const run = before === '' ? {} : { run: runIn(state) ?? '' };
  // Killed before its first line: nothing has begun, and a person starts it again.
  if (before === '') rmSync(state, { recursive: true, force: true });
  const { killed, code, stdout, stderr } = await drive({ ...options, ...run }, kill);
  const now = runIn(state);
  const journal = now === undefined ? '' : wholeLines(readFileOr(journalOf(state, now)));
  const told = wholeLines(before + stdout);
  return {
    killed,
    isFinished: now !== undefined && isFinished(state, now),
    journal,
    lost: journal.startsWith(told) ? [] : [`of ${told.split('\n').length - 1} lines`],
    refused:
      killed || code === 0
        ? []
        : [
            `${JSON.stringify(kill)} ${endOf(journal)} ${stderr.trim().split('\n').slice(-3).join(' ')}`,
          ],
  };
}

/** The last event of a journal, for whoever looks into a refusal. */
function endOf(journal: string): string {
  return journal.trimEnd().split('\n').at(-1)?.slice(0, 300) ?? '';
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

type Driven = {
  readonly code: number | null;
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
};

async function drive(options: DriverOptions, kill: Kill | undefined): Promise<Driven> {
  const atLine =
    kill === undefined || kill.laterMs !== undefined ? {} : { killAfter: kill.afterLine };
  const child = spawn(process.execPath, [DRIVER, JSON.stringify({ ...options, ...atLine })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  if (kill?.laterMs !== undefined) killLater(child, kill.afterLine, kill.laterMs);
  const guard = setTimeout(() => child.kill('SIGTERM'), END_WITHIN_MS);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(guard);
  const late = signal === 'SIGTERM' ? `it did not end within ${END_WITHIN_MS / 1000} s` : '';
  return { code, killed: signal === 'SIGKILL', stdout: stdout(), stderr: stderr() + late };
}

/** Kills a process so long after it has written a line. */
function killLater(child: ChildProcess, line: number, ms: number): void {
  let left = line;
  child.stdout?.on('data', (chunk: Buffer) => {
    const before = left;
    left -= chunk.toString().split('\n').length - 1;
    if (before > 0 && left <= 0) setTimeout(() => child.kill('SIGKILL'), ms);
  });
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

function runIn(state: string): string | undefined {
  try {
    return readdirSync(join(state, 'runs'))[0];
  } catch {
    return undefined;
  }
}

function journalOf(state: string, run: string): string {
  return join(state, 'runs', run, 'journal.jsonl');
}

function readFileOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isFinished(state: string, run: string): boolean {
  return readFileOr(journalOf(state, run)).includes('"event":{"type":"run.finished"');
}

/** Changes that were started without a confirmation of exactly them right before. */
function unasked(records: readonly RecordedEvent[]): readonly string[] {
  const events = records.map(({ event }) => event);
  return events.flatMap((event, index) => {
    if (event.type !== 'step.started' || event.effect === 'read') return [];
    const answer = events
      .slice(0, index)
      .findLast((one) => one.type === 'gate.answered' && one.step === event.step);
    const isConfirmed =
      answer?.type === 'gate.answered' &&
      answer.answer === 'confirmed' &&
      answer.digest === event.digest &&
      !events.slice(events.indexOf(answer) + 1, index).some((one) => startsSame(one, event));
    return isConfirmed ? [] : [`${event.step} started unasked`];
  });
}

function startsSame(one: RunEvent, event: RunEvent & { type: 'step.started' }): boolean {
  return one.type === 'step.started' && one.step === event.step && one.effect !== 'read';
}

/** Changes that left their mark more often than they were started with a confirmation. */
function repeated(folder: string, records: readonly RecordedEvent[]): readonly string[] {
  const begun = readFileSync(join(folder, 'ledger'), 'utf8').match(/^begin .*$/gm) ?? [];
  return [...new Set(begun)].flatMap((line) => {
    const times = begun.filter((one) => one === line).length;
    const step = line.split(' ')[1];
    const asked = records.filter(
      ({ event }) =>
        event.type === 'operator.acted' && event.step === step && event.intent.type === 'retry',
    ).length;
    return times <= 1 + asked ? [] : [`${line}: ${times} times`];
  });
}
