import { environmentError, messageOf, RunbookError } from '#errors.ts';
import type { StepPart } from '#events/log/parts.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { RunOptions, Surroundings } from '#run/options.ts';
import { REPLAY_VERSION } from '#run/resume/replay.ts';
import { resumeRun } from '#run/resume.ts';
import type { OpenRun } from '#run/session/open.ts';
import { sha256 } from '#run/sha256.ts';
import { startRun } from '#run/start.ts';
import type { RunRecord } from '#run/store/port.ts';
import { readRun } from '#run/store/read-run.ts';
import type { Effect, RunMode } from '#runbook/model/terms.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { keepText } from '../create-run.ts';
import { RowsJournal } from '../record/journal.ts';
import { partsOutputs, partsSource } from '../record/outputs.ts';
import { teamRecord } from '../record/run.ts';
import { alteredRun, digestOfInputs } from '../settled.ts';
import { refuseForTeam, unknownRunbook } from './allowed.ts';
import type { Claim, Release } from './claim.ts';
import { HeldRun } from './held-run.ts';
import { mayStart } from './may-start.ts';
import type { WorkerParts } from './parts.ts';
import { clearTargets } from './takeover.ts';

/** A claimed run at a worker, from the claim to the moment when it rests. */
export class Leg {
  readonly claim: Claim;
  readonly #parts: WorkerParts;
  readonly #journal: RowsJournal;
  #open: OpenRun | undefined;
  #lost: RunbookError | undefined;

  constructor(claim: Claim, parts: WorkerParts) {
    this.claim = claim;
    this.#parts = parts;
    this.#journal = new RowsJournal({
      claim,
      writer: parts.writer,
      clock: this.#clock,
      onLost: (error) => this.forsake(error),
    });
  }

  /**
   * Executes the leg until the run has finished, was parked or was lost; `onHeld` is called once its
   * session takes intents, and `onTurn` when it starts to wait for a person or goes on. Never rejects.
   */
  async run({
    onHeld,
    onTurn,
  }: {
    readonly onHeld: (held: HeldRun) => void;
    readonly onTurn: (isWaiting: boolean) => void;
  }): Promise<Release> {
    let held: HeldRun | undefined;
    try {
      this.#open = await this.#opened();
      const { session } = this.#open;
      const { pool, live, holdMs, approval } = this.#parts;
      const { claim } = this;
      const journal = this.#journal;
      held = new HeldRun({
        claim,
        open: this.#open,
        journal,
        pool,
        live,
        holdMs,
        approval,
        onTurn,
      });
      if (this.#lost !== undefined) session.forsake(this.#lost);
      this.#open.begin();
      onHeld(held);
      await session.ended;
      return { why: 'rests' };
    } catch (error) {
      if (this.#lost !== undefined) return { why: 'lost' };
      return { why: 'failed', trouble: troubleOf(error) };
    } finally {
      await held?.end();
      await this.#open?.close().catch(this.#parts.knowledge.reportError);
      await this.#journal.close();
    }
  }

  /** Gives the run up: what runs is cancelled, and nothing more is recorded. */
  forsake(why: RunbookError): void {
    this.#lost ??= why;
    this.#open?.session.forsake(why);
  }

  /** Gives the run up if a read is at work and no change, which is to be seen to its end. */
  giveUpReads(why: RunbookError): void {
    if (this.#lost !== undefined) return;
    const steps = this.#open?.session.view().steps ?? [];
    const atWork = steps.flatMap(({ effect, executions }) =>
      executions.flatMap(({ part, status }) => (status === 'running' ? [{ effect, part }] : [])),
    );
    const isReading = atWork.length > 0 && !atWork.some(isChange);
    if (isReading) this.forsake(why);
  }

  /** The clock of the control plane, so that the times of a run agree whoever has it. */
  readonly #clock = (): Date => new Date(Date.now() + this.claim.skewMs);

  async #opened(): Promise<OpenRun> {
    const { id, seq, replay } = this.claim;
    if (replay !== REPLAY_VERSION)
      throw environmentError(
        `the run began with a program of replay version ${replay}; this one has ${REPLAY_VERSION}`,
      );
    const { pool } = this.#parts;
    const existing = await partsSource(pool, id).names();
    const record = teamRecord(pool, id, {
      isClaimed: true,
      open: async () => ({ journal: this.#journal, head: this.claim.head }),
      outputs: partsOutputs(pool, () => this.claim, existing),
    });
    return seq === 0 ? await this.#started(record) : await this.#resumed(record);
  }

  async #started(record: RunRecord): Promise<OpenRun> {
    const source = await this.#known(await this.#source());
    const options = await this.#options(record, source, undefined, this.claim.startedBy);
    const mode = this.claim.mode as RunMode;
    return await startRun(options.runbook, { ...options, source, auto: true, mode });
  }

  async #resumed(record: RunRecord): Promise<OpenRun> {
    const recorded = await readRun(record);
    const started = recorded.records[0]?.event;
    const altered = started?.type === 'run.started' && alteredRun(this.claim, started);
    if (altered) throw environmentError(altered);
    await this.#known(recorded.source);
    for (const child of recorded.children.values()) await this.#known(child);
    const view = foldEvents(recorded.records);
    this.#journal.continueView(view);
    const operator = view?.operator ?? this.claim.startedBy;
    const options = await this.#options(record, recorded.source, recorded.children, operator);
    return await resumeRun(options.runbook, recorded, {
      ...options,
      answers: {},
      endSessions: (targets) => clearTargets(record.id, targets, recorded.records),
    });
  }

  async #source(): Promise<Source> {
    const { rows } = await this.#parts.pool.query<Source>(
      'SELECT file, text FROM runbook.runbook_text WHERE sha256 = $1',
      [this.claim.textSha256],
    );
    const [source] = rows;
    if (source === undefined) throw environmentError('the text of the runbook is missing');
    return source;
  }

  /** A worker runs what it knows: not what the control plane sends. */
  async #known(source: Source): Promise<Source> {
    const { knowledge, announced } = this.#parts;
    const digest = sha256(source.text);
    if (await knowledge.knows(digest)) return source;
    throw unknownRunbook(this.claim.runbook, announced.id, digest);
  }

  async #options(
    record: RunRecord,
    source: Source,
    children: ReadonlyMap<string, Source> | undefined,
    operator: string,
  ) {
    const { environment, inputs } = this.claim;
    const { knowledge, pool } = this.#parts;
    const prepared = await knowledge.prepare(source, children, { environment, inputs });
    refuseForTeam(prepared.runbook, inputs);
    const options: RunOptions = {
      store: {
        create: async (run) => {
          for (const child of run.children ?? []) await keepText(pool, child.name, child.source);
          return record;
        },
      },
      surroundings: this.#surroundings(operator),
      attended: true,
      given: prepared.given,
      children: prepared.children,
      environment: prepared.environment ?? { name: environment, secrets: [] },
      loadParsers: knowledge.loadParsers,
      mayStart: (execute) => mayStart({ ...this.#parts, journal: this.#journal }, execute),
    };
    return { ...options, runbook: prepared.runbook };
  }

  #surroundings(operator: string): Surroundings {
    const { announced, knowledge } = this.#parts;
    const { id, program } = announced;
    return {
      operator,
      host: knowledge.host,
      pid: process.pid,
      program,
      terminal: undefined,
      worker: {
        ...{ id, label: this.claim.label, replay: REPLAY_VERSION },
        inputs: digestOfInputs(this.claim.inputs),
      },
      env: knowledge.env,
      clock: this.#clock,
      monotonic: () => performance.now(),
      random: Math.random,
      reportError: knowledge.reportError,
    };
  }
}

/** A step that changes something reads in its other parts. */
function isChange({ effect, part }: { readonly effect: Effect; readonly part: StepPart }): boolean {
  return part === 'undo' || (part === 'action' && effect !== 'read');
}

function troubleOf(error: unknown): string {
  const message = messageOf(error);
  const hint = error instanceof RunbookError ? error.hint : undefined;
  return hint === undefined ? message : `${message} (${hint})`;
}
