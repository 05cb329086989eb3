import type { Pool } from 'pg';
import type { LiveOutput } from '#events/log/live.ts';
import { storable } from '#text/utf8.ts';

const INTERVAL_MS = 250;

const PUT = `
INSERT INTO runbook.run_live (run_id, epoch, at, live)
SELECT u.run_id, u.epoch, now(), u.live::jsonb
FROM unnest($1::text[], $2::bigint[], $3::text[]) AS u(run_id, epoch, live)
ON CONFLICT (run_id) DO UPDATE SET epoch = EXCLUDED.epoch, at = EXCLUDED.at, live = EXCLUDED.live
WHERE run_live.epoch <= EXCLUDED.epoch`;

/** Shows the live output of runs at a worker; a loss of it changes nothing. */
export class LiveOutputs {
  readonly #pool: Pool;
  readonly #timer: NodeJS.Timeout;
  #changed = new Map<string, { readonly epoch: string; readonly live: LiveOutput }>();
  #isPutting = false;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#timer = setInterval(() => void this.#put(), INTERVAL_MS);
  }

  /** Shows what a run prints now. */
  show(run: string, epoch: string, live: LiveOutput): void {
    this.#changed.set(run, { epoch, live });
  }

  /** Forgets the output of a run whose action has ended. */
  async forget(run: string): Promise<void> {
    this.#changed.delete(run);
    await this.#pool
      .query('DELETE FROM runbook.run_live WHERE run_id = $1', [run])
      .catch(() => undefined);
  }

  /** Shows nothing more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  async #put(): Promise<void> {
    if (this.#isPutting || this.#changed.size === 0) return;
    const changed = [...this.#changed];
    this.#changed = new Map();
    this.#isPutting = true;
    try {
      await this.#pool.query(PUT, [
        changed.map(([run]) => run),
        changed.map(([, { epoch }]) => epoch),
        changed.map(([, { live }]) => JSON.stringify(storable(live))),
      ]);
    } catch {
      // The next output shows more.
    } finally {
      this.#isPutting = false;
    }
  }
}
