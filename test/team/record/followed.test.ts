import { onTestFinished } from 'vitest';
import { Follower } from '#run/follow/follower.ts';
import { RowsJournal } from '#team/record/journal.ts';
import { teamRecord } from '#team/record/run.ts';
import { RunNews } from '#team/record/run-news.ts';
import { Writer } from '#team/record/writer.ts';
import { claimRun } from '#team/work/claim.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';
import { addWorker, controlPlane, queuedRun } from '../../support/control-plane.ts';
import { testHandle } from '../../support/handle-contract.ts';

const plane = controlPlane();

testHandle('in the rows of a control plane', async () => {
  const { pool } = plane();
  const id = await queuedRun(plane());
  const claim = await claimRun(pool, id, await addWorker(plane()));
  if (claim === undefined) throw new Error('it was not claimed');
  const options = { claim, writer: new Writer(pool), clock: () => new Date() };
  const journal = new RowsJournal({ ...options, onLost: () => undefined });
  journal.append(RUN_STARTED);
  await journal.durable();
  const record = teamRecord(pool, id);
  const reported: unknown[] = [];
  const run = new Follower({
    ...{ id, begun: await record.journal.bytes(), sourceOf: () => record.outputs.source },
    reportError: (error) => reported.push(error),
  });
  void run.follow((over) => new RunNews(pool).of(id, run.view().seq, over));
  onTestFinished(() => run.leave());
  return {
    run,
    note: (text) => journal.append({ type: 'operator.noted', operator: 'ana', text }),
    end: async () => {
      journal.append({ type: 'run.paused', reason: 'left' });
      await journal.durable();
      await pool.query(
        'UPDATE runbook.run SET finished_at = now(), holder = NULL, epoch = epoch + 1 WHERE id = $1',
        [id],
      );
    },
    reported,
  };
});
