import { expect, onTestFinished, vi } from 'vitest';
import type { RecordedEvent } from '#events/log/event.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
import { readRecords } from '#run/journal/cursor.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import type { RunStore } from '#run/store/port.ts';
import type { Engine } from '#runbook/model/engines.ts';
import { parsed } from '../fixtures/compiled.ts';
import { surroundings } from '../fixtures/surroundings.ts';
import { send } from './send.ts';
import { temporaryFolder } from './temporary-folder.ts';

const HEAD = `
name: inline
title: Orders are stuck
summary: Orders stay in the queue.
inputs: { url: { type: url, secret: true } }
targets: { db: { database: "\${{ inputs.url }}"ENGINE } }
steps:
`;

/** A run on a real server, as an operator confirms what it asks. */
export class ConfirmedRun {
  readonly #open: OpenRun;
  readonly #store: RunStore;

  private constructor(open: OpenRun, store: RunStore) {
    this.#open = open;
    this.#store = store;
    onTestFinished(() => open.close());
    open.begin();
  }

  /** Starts a run of these steps (YAML, indented by two); its reads run by themselves. */
  static async of(steps: string, url: string, engine?: Engine): Promise<ConfirmedRun> {
    const text = HEAD.replace('ENGINE', engine === undefined ? '' : `, engine: ${engine}`) + steps;
    const runbook = parsed(text);
    const store = runStore(temporaryFolder());
    const open = await startRun(runbook, {
      ...{ store, surroundings, source: { file: 'inline', text }, given: { url } },
      ...{ mode: 'live', attended: true, auto: true },
    });
    return new ConfirmedRun(open, store);
  }

  get view(): RunView {
    return this.#open.session.view();
  }

  /** Resolves with a gate that was put after the given one. */
  async gate(after?: GateView): Promise<GateView> {
    await vi.waitFor(() => {
      expect(this.view.awaited?.for).toBe('gate');
      expect(this.view.gate?.seq).toBeGreaterThan(after?.seq ?? 0);
    }, 20_000);
    const { gate } = this.view;
    if (gate === undefined) throw new Error('no gate is open');
    return gate;
  }

  confirm({ digest, phrase }: GateView): void {
    const typed = phrase === undefined ? {} : { phrase };
    send(this.#open.session, { type: 'confirm', digest, ...typed });
  }

  undo(step: string): void {
    send(this.#open.session, { type: 'undo', step, reason: '' });
  }

  decline(): void {
    send(this.#open.session, { type: 'decline', reason: 'no' });
  }

  /** Resolves with what is recorded. */
  async records(): Promise<readonly RecordedEvent[]> {
    const { journal } = await this.#store.open(this.#open.id);
    return (await readRecords(journal)).records;
  }

  /** Resolves when the run waits for a report: its last step. */
  async end(): Promise<void> {
    await vi.waitFor(() => expect(this.view.awaited?.for).toBe('report'), 20_000);
  }
}
