import type { Pool } from 'pg';
import { codeOf, environmentError } from '#errors.ts';

/** The times of leases, in milliseconds. */
export type LeaseTimes = {
  readonly beatMs: number;
  /** Without a confirmed beat for this long, a worker starts no change. */
  readonly giveUpMs: number;
  /** Without one for this long, a worker ends, and others take its runs. */
  readonly deadMs: number;
};

/** The times that every process of a team uses. */
export const LEASE_TIMES: LeaseTimes = { beatMs: 2_000, giveUpMs: 10_000, deadMs: 15_000 };

/** A worker as it announces itself. */
export type Announced = {
  /** Never used again by another process. */
  readonly id: string;
  readonly labels: readonly string[];
  readonly program: string;
  readonly replay: number;
  /**
   * The most runs that it works on at a time, and holds; those that wait for a person are parked for
   * others.
   */
  readonly places: number;
};

/**
 * The lease of a worker on all runs that it holds. It is renewed by beats that the control plane
 * confirms; its age counts from before the last confirmed one was sent, by the clock that shows
 * more: a machine that was suspended has an old monotonic time.
 */
export class Lease {
  readonly #pool: Pool;
  readonly #worker: Announced;
  readonly #times: LeaseTimes;
  readonly #onLost: (why: string) => void;
  readonly #onDoubt: () => void;
  #at = clocks();
  #timers: NodeJS.Timeout[] = [];
  #isBeating = false;
  #isLost = false;

  /**
   * `onLost` is called once: the process must end then. `onDoubt` is called again and again while no
   * change may be started.
   */
  constructor(
    pool: Pool,
    worker: Announced,
    {
      times = LEASE_TIMES,
      onLost,
      onDoubt = () => undefined,
    }: { times?: LeaseTimes; onLost: (why: string) => void; onDoubt?: () => void },
  ) {
    this.#pool = pool;
    this.#worker = worker;
    this.#times = times;
    this.#onLost = onLost;
    this.#onDoubt = onDoubt;
  }

  /** Announces the worker and starts to renew the lease. */
  async start(): Promise<void> {
    const { id, labels, program, replay, places } = this.#worker;
    const at = clocks();
    await this.#pool
      .query(
        'INSERT INTO runbook.worker (id, labels, program, replay, places) VALUES ($1, $2, $3, $4, $5)',
        [id, labels, program, replay, places],
      )
      .catch((error: unknown) => {
        if (codeOf(error) !== '42501') throw error;
        throw environmentError(
          `the database role of this worker may not take runs of ${labels.join(', ')}`,
          'as the owner: runbook server migrate --worker-role ROLE=LABEL,…',
          error,
        );
      });
    this.#at = at;
    const { beatMs } = this.#times;
    // A beat on a cut connection may never be answered: the age is watched apart from it.
    this.#timers = [
      setInterval(() => void this.#beat(), beatMs),
      setInterval(() => this.#watch(), Math.min(beatMs, 500)),
    ];
  }

  /** Milliseconds since the last confirmed beat was sent. */
  get ageMs(): number {
    return Math.max(performance.now() - this.#at.monotonic, Date.now() - this.#at.wall);
  }

  /** Throws if this worker can no longer be sure that it counts as alive. */
  assert(): void {
    const { ageMs } = this;
    if (!this.#isLost && ageMs < this.#times.giveUpMs) return;
    throw environmentError(
      `the control plane has not confirmed this worker for ${Math.round(ageMs)} ms`,
      'nothing was started; another worker continues the run',
    );
  }

  /** The moment, by the clock of this machine, until which this worker is sure that it counts as alive. */
  get notAfter(): number {
    return Date.now() + this.#times.giveUpMs - this.ageMs;
  }

  /** Tells the others that this worker takes no more runs. */
  async drain(): Promise<void> {
    await this.#pool.query("UPDATE runbook.worker SET state = 'draining' WHERE id = $1", [
      this.#worker.id,
    ]);
  }

  /** Stops to renew the lease of a worker that is about to end: it starts no change any more. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    // A beat that is on its way finds nobody to renew, which loses nothing any more.
    this.#isLost = true;
  }

  async #beat(): Promise<void> {
    if (this.#isBeating) return;
    this.#isBeating = true;
    const at = clocks();
    try {
      const { rowCount } = await this.#pool.query(
        "UPDATE runbook.worker SET beat_at = clock_timestamp() WHERE id = $1 AND state IN ('alive', 'draining')",
        [this.#worker.id],
      );
      if (rowCount === 0) this.#lose('it was declared dead');
      else this.#at = at;
    } catch {
      // The age tells how long it has been.
    } finally {
      this.#isBeating = false;
    }
  }

  #watch(): void {
    const { ageMs } = this;
    if (ageMs > this.#times.giveUpMs) this.#onDoubt();
    if (ageMs > this.#times.deadMs)
      this.#lose(`the control plane has not confirmed it for ${Math.round(ageMs)} ms`);
  }

  #lose(why: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#onLost(why);
  }
}

function clocks(): { readonly monotonic: number; readonly wall: number } {
  return { monotonic: performance.now(), wall: Date.now() };
}
