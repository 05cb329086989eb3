import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Channel } from '#serve/notify/channel.ts';
import type { Notice } from '#serve/notify/notice.ts';
import { Notifier } from '#serve/notify/notifier.ts';
import { channelTroubles, type NotifyRule } from '#serve/notify/outbox.ts';
import { STUCK_ORDERS } from '../../fixtures/team-books.ts';
import { teamStage } from '../../support/team-stage.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const stage = teamStage();
const GATES: NotifyRule = { on: ['gate'], environments: ['prod'], to: ['phone'], afterMs: 0 };

/** A channel that keeps what it is told, and fails as often as it is to. */
function told(failures = 0) {
  const sent: (Notice & { readonly closes?: string | undefined })[] = [];
  let left = failures;
  const channel: Channel = {
    async send(notice) {
      left -= 1;
      if (left >= 0) throw new Error('the phone is off');
      sent.push(notice);
      return `ref-${notice.id}`;
    },
    close: async (notice, reference) => void sent.push({ ...notice, closes: reference }),
  };
  return { sent, channel };
}

function notifierOf(channels: Readonly<Record<string, Channel>>, ...notify: NotifyRule[]) {
  const { pool, store } = stage();
  const said: string[] = [];
  const config = {
    ...{ url: new URL('https://runbook.example.com'), policy: undefined },
    ...{ channels: new Map(Object.entries(channels)), notify },
  };
  const notifier = new Notifier({
    pool,
    store,
    say: (text) => said.push(text),
    config: () => config as never,
  });
  return { notifier, said };
}

const confirm = async (run: string) => {
  const { gate, awaited } = await stage().asks(run, 'gate');
  await stage().send(run, { type: 'confirm', digest: gate?.digest ?? '' }, awaited?.seq);
};

test('a gate is told once by all servers, and that somebody confirmed it', async () => {
  const { create, startWorker, asks, finished } = stage();
  await startWorker();
  const run = await create();
  await asks(run, 'gate');
  const phone = told();
  const servers = [1, 2, 3].map(() => notifierOf({ phone: phone.channel }, GATES).notifier);
  const look = () => Promise.all(servers.map((server) => server.look()));
  await look();
  await look();
  expect(phone.sent).toMatchObject([
    {
      type: 'gate.opened',
      headline: 'prod: a change waits for a confirmation',
      lines: [
        'Orders are stuck',
        '7 orders wait.',
        'Waits: “release”, for the role operator or approver.',
      ],
      link: `https://runbook.example.com/r/${run}`,
      run: { id: run, runbook: 'stuck-orders', environment: 'prod' },
    },
  ]);
  await confirm(run);
  await finished(run);
  await vi.waitFor(async () => {
    await look();
    expect(phone.sent).toHaveLength(2);
  });
  await look();
  expect(phone.sent.slice(1)).toMatchObject([
    {
      type: 'run.answered',
      headline: 'prod: grace confirmed it',
      closes: `ref-${phone.sent[0]?.id}`,
    },
  ]);
});

test('what is answered in time is not escalated, and what nobody answers is', async () => {
  const { create, startWorker, asks, finished, pool } = stage();
  await startWorker();
  const [answered, waiting] = [await create(), await create()];
  for (const run of [answered, waiting]) await asks(run, 'gate');
  const phone = told();
  const { notifier } = notifierOf({ phone: phone.channel }, { ...GATES, afterMs: 600_000 });
  await notifier.look();
  expect(phone.sent).toEqual([]);
  await confirm(answered);
  await finished(answered);
  await pool.query("UPDATE runbook.notice SET due_at = now() - interval '1 s' WHERE state = 'due'");
  await notifier.look();
  await notifier.look();
  expect(phone.sent.map(({ run }) => run?.id)).toEqual([waiting]);
});

test('a channel that fails is tried again, its trouble is shown, and it keeps no other from being told', async () => {
  const { create, startWorker, asks, pool } = stage();
  await startWorker();
  const run = await create();
  await asks(run, 'gate');
  const [phone, mail] = [told(1), told()];
  const rule = { ...GATES, to: ['phone', 'mail', 'gone'] };
  const { notifier } = notifierOf({ phone: phone.channel, mail: mail.channel }, rule);
  await notifier.look();
  expect([phone.sent, mail.sent.length]).toEqual([[], 1]);
  expect(await channelTroubles(pool)).toEqual([
    { channel: 'gone', waiting: 0, failed: 1, error: 'the config names no such channel' },
    { channel: 'phone', waiting: 1, failed: 0, error: 'the phone is off' },
  ]);
  await pool.query("UPDATE runbook.notice SET due_at = now() WHERE state = 'due'");
  await notifier.look();
  expect(phone.sent).toHaveLength(1);
  expect((await channelTroubles(pool)).map(({ channel }) => channel)).toEqual(['gone']);
});

test('a gate whose rows somebody has read again is not told as answered', async () => {
  const { create, startWorker, asks, send, view } = stage();
  const slow = STUCK_ORDERS.replace('SELECT name FROM', 'SELECT name, pg_sleep(1)::text FROM');
  const book = join(temporaryFolder(), 'stuck-orders.yaml');
  writeFileSync(book, slow);
  await startWorker({ books: [book] });
  const run = await create({}, { text: slow });
  const { awaited } = await asks(run, 'gate');
  const phone = told();
  const { notifier } = notifierOf({ phone: phone.channel }, GATES);
  const mine = () => phone.sent.filter((notice) => notice.run?.id === run).map(({ type }) => type);
  await notifier.look();
  await send(run, { type: 'refresh' }, awaited?.seq);
  await vi.waitFor(async () => expect((await view(run))?.status).toBe('running'), { interval: 20 });
  await notifier.look();
  await asks(run, 'gate', awaited?.seq);
  await stage().pool.query('UPDATE runbook.notice SET due_at = now()');
  await notifier.look();
  expect(mine()).toEqual(['gate.opened']);
});

test('a gate that a takeover puts again is told once, and the end of its run by its rule', async () => {
  const { create, startWorker, asks, finished, store } = stage();
  await startWorker({ holdMs: 100 });
  const run = await create();
  const { awaited } = await asks(run, 'gate');
  const phone = told();
  const { notifier } = notifierOf({ phone: phone.channel }, { ...GATES, on: ['gate', 'finished'] });
  await notifier.look();
  await vi.waitFor(async () => expect((await store.run(run))?.holder).toBeUndefined());
  await store.look(run, { person: 'grace', via: 'page', ms: 60_000 });
  await asks(run, 'gate', awaited?.seq);
  await notifier.look();
  const mine = () => phone.sent.filter((notice) => notice.run?.id === run).map(({ type }) => type);
  expect(mine()).toEqual(['gate.opened']);
  await confirm(run);
  await finished(run);
  await vi.waitFor(async () => {
    await notifier.look();
    expect(mine()).toHaveLength(3);
  });
  expect(mine().toSorted()).toEqual(['gate.opened', 'run.answered', 'run.finished']);
});
