import { environmentError, messageOf, type RunbookError } from '#errors.ts';
import { openPool } from './database.ts';
import { openDispatch, takeLegs } from './engine.ts';
import { requireMigrated } from './migrate.ts';
import type { ApprovalRule } from './policy/permission.ts';
import { LiveOutputs } from './record/live.ts';
import { refuseLeftOpen } from './record/unanswered.ts';
import { Writer } from './record/writer.ts';
import { textsInUse } from './runs.ts';
import { endWorker } from './watch/end-worker.ts';
import { type Announced, LEASE_TIMES, Lease, type LeaseTimes } from './watch/lease.ts';
import { Supervisor } from './watch/supervisor.ts';
import { claimRun, releaseRun } from './work/claim.ts';
import { type HeldRun, openIntents } from './work/held-run.ts';
import { Leg } from './work/leg.ts';
import type { WorkerKnowledge, WorkerParts } from './work/parts.ts';
import { Places } from './work/places.ts';

/** The options of a worker. */
export type WorkerOptions = {
  /** The URL of the control plane. */
  readonly url: string;
  readonly announced: Announced;
  readonly knowledge: WorkerKnowledge;
  /** The time after which a run that waits for a person is parked at the latest. @default 10 minutes */
  readonly holdMs?: number;
  readonly times?: LeaseTimes;
  /** Who confirms what now, by the own config of this worker; what is built in comes after it. */
  readonly approval?: () => readonly ApprovalRule[];
  /** Called once if the worker has lost its lease: the process must end with exit code 86. */
  readonly onLost: (why: string) => void;
  /** Called with what a person who operates the worker should know. */
  readonly onNotice?: (text: string) => void;
  readonly onSeam?: WorkerParts['onSeam'];
};

const HOLD_MS = 10 * 60_000;
const INTENTS_MS = 100;
const RECONCILE_MS = 2_000;
const KEEP_MS = 3_600_000;

/**
 * A process near the databases that executes runs of its labels. It only connects outward: to the
 * control plane, and to the targets.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #parts: WorkerParts;
  readonly #dispatch: Awaited<ReturnType<typeof openDispatch>>;
  readonly #supervisor: Supervisor;
  readonly #legs = new Map<string, Leg>();
  readonly #held = new Map<string, HeldRun>();
  readonly #places: Places;
  /** The ends of legs, also of those that the engine counts as ended since their runs wait. */
  readonly #ends = new Set<Promise<void>>();
  #timers: NodeJS.Timeout[] = [];
  #isDelivering = false;
  #isReconciling = false;
  /** Runs that the record says are held here and that no leg here has, at the last look. */
  #orphans: ReadonlySet<string> = new Set();
  #stopTaking: () => Promise<void> = async () => undefined;
  #isDraining = false;

  private constructor(options: WorkerOptions, dispatch: Awaited<ReturnType<typeof openDispatch>>) {
    this.#options = options;
    this.#dispatch = dispatch;
    const { url, announced, times = LEASE_TIMES, knowledge, holdMs = HOLD_MS, onSeam } = options;
    const { approval = () => [] } = options;
    this.#places = new Places(announced.places);
    const pool = openPool(url, 'runbook worker');
    const lease = new Lease(pool, announced, {
      times,
      onLost: (why) => this.#lose(why),
      onDoubt: () => this.#giveUpReads(),
    });
    this.#parts = {
      ...{ announced, pool, dispatch, lease, knowledge, onSeam, approval },
      writer: new Writer(pool),
      live: new LiveOutputs(pool),
      holdMs: (ofRun) => (this.#isDraining ? 0 : (ofRun ?? holdMs)),
    };
    this.#supervisor = new Supervisor({ pool, dispatch, times, onNotice: options.onNotice });
  }

  /** Starts a worker; rejects if the control plane is not reached, or is not migrated. */
  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options, await openDispatch(options.url));
    try {
      await worker.#start();
    } catch (error) {
      await worker.#close();
      throw error;
    }
    return worker;
  }

  async #start(): Promise<void> {
    const { pool, lease } = this.#parts;
    const { url, announced } = this.#options;
    await requireMigrated(pool);
    await lease.start();
    this.#timers = [
      setInterval(() => void this.#deliver(), INTENTS_MS),
      setInterval(() => void this.#reconcile(), RECONCILE_MS),
      setInterval(() => void this.#makeRoom(), RECONCILE_MS),
      setInterval(() => void this.#keepTexts(), KEEP_MS),
    ];
    this.#supervisor.start();
    void this.#keepTexts();
    const leg = (run: string) => this.#take(run);
    const { id: worker, labels, replay, places: concurrency } = announced;
    this.#stopTaking = await takeLegs({ url, worker, labels, replay, concurrency, leg });
  }

  /** The number of runs that it holds. */
  get held(): number {
    return this.#legs.size;
  }

  /**
   * Takes no more runs, parks those that wait for a person, and resolves once the others have come to
   * rest and the worker has left the control plane. Rejects if it cannot leave in order: the others find
   * it dead.
   */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const { lease, announced } = this.#parts;
    await lease.drain().catch((error: unknown) => this.#notice(messageOf(error)));
    await this.#makeRoom();
    await this.#stopTaking();
    await Promise.all(this.#ends);
    lease.stop();
    // By the record, which may know of runs that no leg here has any more.
    await endWorker(this.#parts, { id: announced.id, as: 'gone' });
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#stopTimers();
    this.#parts.live.stop();
    await this.#dispatch.close();
    await this.#parts.pool.end();
  }

  /**
   * Executes a leg of a run, if nobody else has it. Resolves once the run waits for a person, who takes
   * no place of the queue, or rests. Never rejects.
   */
  async #take(run: string): Promise<void> {
    const { pool, announced } = this.#parts;
    await this.#places.enter();
    const claim = await claimRun(pool, run, announced.id).catch((error: unknown) => {
      this.#notice(`${run} could not be claimed: ${messageOf(error)}`);
      return undefined;
    });
    if (claim === undefined) return this.#places.leave();
    const { promise: waits, resolve: onWaits } = Promise.withResolvers<void>();
    const end = this.#execute(new Leg(claim, this.#parts), onWaits);
    this.#ends.add(end);
    void end.then(() => this.#ends.delete(end));
    void this.#makeRoom();
    await Promise.race([waits, end]);
  }

  /** Executes a leg to its end: in a place while it works, in none while it waits for a person. */
  async #execute(leg: Leg, onWaits: () => void): Promise<void> {
    const { pool, dispatch } = this.#parts;
    const { claim } = leg;
    const { id } = claim;
    this.#legs.set(id, leg);
    let hasPlace = true;
    const release = await leg.run({
      onHeld: (held) => {
        this.#held.set(id, held);
        if (this.#isDraining) held.park();
      },
      onTurn: (isWaiting) => {
        hasPlace = !isWaiting;
        if (!isWaiting) return this.#places.goOn();
        this.#places.leave();
        onWaits();
        if (this.#isDraining) this.#held.get(id)?.park();
      },
    });
    this.#held.delete(id);
    if (release.why === 'failed') this.#notice(`${id}: ${release.trouble}`);
    try {
      await releaseRun(pool, dispatch, claim, release);
    } catch (error) {
      this.#notice(`${id} could not be released: ${messageOf(error)}`);
    } finally {
      // What was not released in order is found by the next look at what is held.
      if (this.#legs.get(id) === leg) this.#legs.delete(id);
      if (hasPlace) this.#places.leave();
    }
  }

  /**
   * Parks runs that wait, longest first, while more are held than may be: what is open on a page stays.
   * A worker that drains parks them all.
   */
  async #makeRoom(): Promise<void> {
    if (this.#isDraining) for (const held of this.#held.values()) held.park();
    const waiting = [...this.#held].flatMap(([id, held]) =>
      held.waitingSince === undefined ? [] : [{ id, held, since: held.waitingSince }],
    );
    const { announced } = this.#options;
    const excess = this.#places.taken + waiting.length - announced.places;
    if (excess <= 0) return;
    const watched = await this.#parts.pool
      .query<{ id: string }>(
        'SELECT id FROM runbook.run WHERE holder = $1 AND watched_until > now()',
        [announced.id],
      )
      .catch(() => undefined);
    if (watched === undefined) return;
    const kept = new Set(watched.rows.map(({ id }) => id));
    waiting
      .filter(({ id, held }) => !held.isReserved && !kept.has(id))
      .sort((one, other) => one.since - other.since)
      .slice(0, excess)
      .forEach(({ held }) => {
        held.park();
      });
  }

  /** Gives new intents to the runs that are held. */
  async #deliver(): Promise<void> {
    if (this.#isDelivering || this.#held.size === 0) return;
    this.#isDelivering = true;
    try {
      for (const intent of await openIntents(this.#parts.pool, [...this.#held.keys()]))
        this.#held.get(intent.run)?.deliver(intent);
    } catch {
      // The next look delivers them.
    } finally {
      this.#isDelivering = false;
    }
  }

  /** Releases runs that the record twice said are held here and that no leg here has. */
  async #reconcile(): Promise<void> {
    if (this.#isReconciling) return;
    this.#isReconciling = true;
    const { pool, announced, dispatch } = this.#parts;
    try {
      const { rows } = await pool.query<{ id: string; epoch: string }>(
        'SELECT id, epoch FROM runbook.run WHERE holder = $1',
        [announced.id],
      );
      const unknown = rows.filter(({ id, epoch }) => this.#legs.get(id)?.claim.epoch !== epoch);
      for (const { id, epoch } of unknown)
        if (this.#orphans.has(`${id} ${epoch}`)) {
          const claim = { id, epoch, worker: announced.id };
          await releaseRun(pool, dispatch, claim, { why: 'lost' });
        }
      this.#orphans = new Set(unknown.map(({ id, epoch }) => `${id} ${epoch}`));
      await refuseLeftOpen(pool);
    } catch {
      // The next look finds them.
    } finally {
      this.#isReconciling = false;
    }
  }

  /** Keeps the texts that open runs need; after an error, an hour later. */
  async #keepTexts(): Promise<void> {
    const { pool, knowledge } = this.#parts;
    await textsInUse(pool)
      .then((needed) => knowledge.keep(needed))
      .catch(() => undefined);
  }

  #stopTimers(): void {
    this.#supervisor.stop();
    for (const timer of this.#timers) clearInterval(timer);
  }

  #lose(why: string): void {
    this.#stopTimers();
    const error: RunbookError = environmentError(`this worker lost its lease: ${why}`);
    for (const leg of this.#legs.values()) leg.forsake(error);
    this.#options.onLost(why);
  }

  /** Gives up the runs that only read: they are read again once the control plane confirms a worker. */
  #giveUpReads(): void {
    const error = environmentError('the control plane does not confirm this worker');
    for (const leg of this.#legs.values()) leg.giveUpReads(error);
  }

  #notice(text: string): void {
    this.#options.onNotice?.(text);
  }
}
