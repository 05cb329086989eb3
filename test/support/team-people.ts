import { setTimeout as delay } from 'node:timers/promises';
import type { Intent } from '#events/log/intent.ts';
import type { RunView } from '#events/view/run-view.ts';
import { confirmIntent } from './confirm-intent.ts';
import type { TeamStage } from './team-stage.ts';

/** Answers every question of the runs, as people would; resolves with the number of refused answers. */
export async function answerAll(
  stage: TeamStage,
  runs: readonly string[],
  over: AbortSignal,
): Promise<number> {
  const people = new People(stage);
  while (!over.aborted) {
    const open = await stage.store.runs({ state: 'open', limit: 1_000 }).catch(() => []);
    for (const { id, status } of open)
      if (status === 'waiting' && runs.includes(id)) await people.answer(id);
    await delay(100);
  }
  const intents = await Promise.all(runs.map((run) => stage.store.intents(run)));
  return intents.flat().filter(({ verdict }) => verdict?.accepted === false).length;
}

/** People who answer each question once. */
export class People {
  readonly #stage: TeamStage;
  readonly #answered = new Map<string, number>();
  readonly #rechecked = new Set<string>();

  constructor(stage: TeamStage) {
    this.#stage = stage;
  }

  async answer(run: string): Promise<void> {
    const view = await this.#stage.view(run).catch(() => undefined);
    if (view?.awaited === undefined || this.#answered.get(run) === view.awaited.seq) return;
    const { seq } = view.awaited;
    this.#answered.set(run, seq);
    await this.#stage.send(run, this.#intent(run, view), seq).catch(() => {
      this.#answered.delete(run);
    });
  }

  /** What is unknown is looked at again, and repeated if it was not made. */
  #intent(run: string, { awaited, gate }: RunView): Intent {
    if (awaited?.for === 'gate') return confirmIntent(gate);
    if (awaited?.can.includes('recheck') === true && !this.#rechecked.has(run)) {
      this.#rechecked.add(run);
      return { type: 'recheck' };
    }
    this.#rechecked.delete(run);
    return { type: 'retry' };
  }
}
