import { describe, expect, test, vi } from 'vitest';
import type { RunChange, RunHandle } from '#events/log/run-handle.ts';

/** A run that a test drives from the side that writes it. */
export type DrivenRun = {
  readonly run: RunHandle;
  /** Records this text as a note. */
  readonly note: (text: string) => unknown;
  /** Ends the run. */
  readonly end: () => unknown;
  /** The errors that were reported. */
  readonly reported: readonly unknown[];
};

/** The contract of a handle towards whoever watches: the implementations of {@link RunHandle} keep it. */
export function testHandle(where: string, open: () => Promise<DrivenRun>): void {
  describe(`a run that is watched ${where}`, () => {
    const noted = ({ event }: RunChange): readonly string[] =>
      event?.event.type === 'operator.noted' ? [event.event.text] : [];
    /** Notes a text, and waits until the run shows it. */
    const passed = async ({ run, note }: DrivenRun, text: string): Promise<void> => {
      await note(text);
      await vi.waitFor(() => expect(run.view().notes.at(-1)?.text).toBe(text), 5_000);
    };

    test('tells every listener of every event once, in order, with the view that includes it', async () => {
      const driven = await open();
      const heard: [string[], string[]] = [[], []];
      const views: unknown[] = [];
      driven.run.subscribe((change) => {
        heard[0].push(...noted(change));
        if (noted(change).length > 0) views.push(change.view.notes.at(-1)?.text);
      });
      driven.run.subscribe((change) => heard[1].push(...noted(change)));
      for (const text of ['one', 'two', 'three']) await passed(driven, text);
      expect(heard).toEqual([
        ['one', 'two', 'three'],
        ['one', 'two', 'three'],
      ]);
      expect(views).toEqual(['one', 'two', 'three']);
    });

    test('goes on and ends beside listeners that throw or reject, and reports their errors', async () => {
      const driven = await open();
      const heard: string[] = [];
      driven.run.subscribe(() => {
        throw new Error('thrown in a view');
      });
      driven.run.subscribe(
        () => Promise.reject(new Error('rejected in a view')) as unknown as undefined,
      );
      driven.run.subscribe((change) => heard.push(...noted(change)));
      for (const text of ['one', 'two']) await passed(driven, text);
      await driven.end();
      await driven.run.ended;
      expect(heard).toEqual(['one', 'two']);
      const texts = new Set(driven.reported.map((error) => (error as Error).message));
      expect(texts).toEqual(new Set(['thrown in a view', 'rejected in a view']));
    });

    test('tells nobody who has left, also while the others are told', async () => {
      const driven = await open();
      const heard: string[] = [];
      const listen = (name: string, onHeard?: () => void): (() => void) =>
        driven.run.subscribe((change) => {
          for (const text of noted(change)) {
            heard.push(`${name} ${text}`);
            onHeard?.();
          }
        });
      const removeFirst = listen('first', () => {
        removeFirst();
        removeThird();
      });
      listen('second');
      const removeThird = listen('third');
      listen('fourth');
      for (const text of ['one', 'two']) await passed(driven, text);
      expect(heard).toEqual(['first one', 'second one', 'fourth one', 'second two', 'fourth two']);
    });

    test('tells those who come while the others are told of what follows, not of that', async () => {
      const driven = await open();
      const heard: string[] = [];
      const stop = driven.run.subscribe((change) => {
        if (noted(change).length === 0) return;
        stop();
        driven.run.subscribe((later) => heard.push(...noted(later)));
      });
      for (const text of ['one', 'two']) await passed(driven, text);
      expect(heard).toEqual(['two']);
    });

    test('ends once, with listeners that leave or throw at its end', async () => {
      const driven = await open();
      const stop = driven.run.subscribe(({ view }) => {
        if (view.status !== 'paused') return;
        stop();
        throw new Error('at the end');
      });
      await driven.end();
      await expect(driven.run.ended).resolves.toBeUndefined();
      expect(driven.run.view().status).toBe('paused');
    });
  });
}
