import { expect, test } from 'vitest';
import { mayStart } from '#team/work/may-start.ts';

const EXECUTE = { step: 'release', part: 'action' } as never;

/** A worker whose journal and lease are what a test makes of them, with what was asked in order. */
function worker({ isLost = false, isStale = false } = {}) {
  const asked: string[] = [];
  const commit = Promise.withResolvers<void>();
  const journal = {
    durable: async () => {
      asked.push('durable');
      if (isLost) throw new Error('another worker holds the run');
      await commit.promise;
      asked.push('committed');
    },
  };
  const lease = {
    assert: () => {
      asked.push('lease');
      if (isStale) throw new Error('not confirmed');
    },
    notAfter: 7,
  } as never;
  const parts = { journal, lease, onSeam: (seam: string) => void asked.push(seam) };
  return { parts, asked, commit: commit.resolve };
}

test('a change waits until everything before it is committed, and the lease is looked at after that', async () => {
  const { parts, asked, commit } = worker();
  const started = mayStart(parts, EXECUTE);
  await Promise.resolve();
  expect(asked).toEqual(['before-durable', 'durable']);
  commit();
  expect(await started).toBe(7);
  expect(await mayStart({ ...parts, onSeam: undefined }, EXECUTE)).toBe(7);
  asked.splice(-3);
  const seams = ['before-durable', 'durable', 'committed', 'before-check', 'lease', 'after-check'];
  expect(asked).toEqual(seams);
});

test('a change of a run that was lost does not start, though the worker is alive', async () => {
  const { parts, asked } = worker({ isLost: true });
  await expect(mayStart(parts, EXECUTE)).rejects.toThrow('another worker holds the run');
  expect(asked).not.toContain('lease');
});

test('a change of a worker that may not count as alive does not start', async () => {
  const { parts, asked, commit } = worker({ isStale: true });
  commit();
  await expect(mayStart(parts, EXECUTE)).rejects.toThrow('not confirmed');
  expect(asked).not.toContain('after-check');
});
