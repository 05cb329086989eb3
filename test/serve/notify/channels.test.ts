import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { mail } from '#serve/notify/channels/mail.ts';
import { ntfy } from '#serve/notify/channels/ntfy.ts';
import { slack } from '#serve/notify/channels/slack.ts';
import { webhook } from '#serve/notify/channels/webhook.ts';
import type { Notice } from '#serve/notify/notice.ts';
import { closedPort } from '../../support/fake-endpoints.ts';
import { startMailServer } from '../../support/mail-server.ts';
import { startReceiver } from '../../support/receiver.ts';

const NOTICE: Notice = {
  ...{ id: '7', type: 'gate.opened', severity: 'critical' },
  headline: 'prod: a change waits for a confirmation',
  lines: ['Orders are stuck', '7 orders <wait> & more.'],
  link: 'https://runbook.example.com/r/k3f9',
  run: { id: 'k3f9', runbook: 'stuck-orders', environment: 'prod' },
};
const DONE: Notice = { ...NOTICE, type: 'run.answered', headline: 'prod: grace confirmed it' };
const now = () => AbortSignal.timeout(5_000);

test('a webhook is signed with each secret, as Standard Webhooks has it', async () => {
  const { url, received } = await startReceiver();
  const key = Buffer.from('a key of twenty-four byte');
  const channel = webhook(`${url}/hook`, [`whsec_${key.toString('base64')}`, 'before']);
  await channel.send(NOTICE, now());
  await channel.close(DONE, undefined, now());
  const [sent, closed] = received;
  const id = String(sent?.headers['webhook-id']);
  const signed = `${id}.${sent?.headers['webhook-timestamp']}.${sent?.body}`;
  const expected = [key, 'before'].map(
    (secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`,
  );
  expect(sent?.headers['webhook-signature']).toBe(expected.join(' '));
  expect(Math.abs(Number(sent?.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(
    60,
  );
  expect(JSON.parse(sent?.body ?? '')).toMatchObject({
    type: 'gate.opened',
    data: { link: NOTICE.link, severity: 'critical', run: { environment: 'prod' } },
  });
  // The receiver tells repeated messages by their ID.
  expect([id, closed?.headers['webhook-id']]).toEqual(['msg_7', 'msg_7_answered']);
  expect(JSON.parse(closed?.body ?? '')).toMatchObject({ type: 'run.answered' });
});

test('ntfy gets a topic, a priority and a way to the run, and no sound once it is answered', async () => {
  const { url, received } = await startReceiver();
  const channel = ntfy(`${url}/db-oncall`, 'tk_1');
  await channel.send(NOTICE, now());
  await channel.close(DONE, undefined, now());
  expect(received.map(({ path }) => path)).toEqual(['/', '/']);
  expect(received[0]?.headers.authorization).toBe('Bearer tk_1');
  const [sent, closed] = received.map(({ body }) => JSON.parse(body));
  expect(sent).toMatchObject({ topic: 'db-oncall', priority: 5, click: NOTICE.link });
  expect(sent.actions).toEqual([{ action: 'view', label: 'Open the run', url: NOTICE.link }]);
  expect(closed).toMatchObject({ title: 'prod: grace confirmed it', priority: 1 });
});

test('a message in Slack is rewritten once it is answered, and no text of a run is markup', async () => {
  const { url, received } = await startReceiver(({ path }) => ({
    body: JSON.stringify(
      path === '/chat.postMessage' ? { ok: true, ts: '17.1', channel: 'C9' } : { ok: true },
    ),
  }));
  const channel = slack('#db-oncall', 'xoxb-1', url);
  const reference = await channel.send(NOTICE, now());
  await channel.close(DONE, reference, now());
  expect(received.map(({ path }) => path)).toEqual(['/chat.postMessage', '/chat.update']);
  const [sent, closed] = received.map(({ body }) => JSON.parse(body));
  expect(received[0]?.headers.authorization).toBe('Bearer xoxb-1');
  expect(sent.blocks[0].text.text).toContain('7 orders &lt;wait&gt; &amp; more.');
  expect(closed).toMatchObject({ channel: 'C9', ts: '17.1', text: 'prod: grace confirmed it' });
});

test('an e-mail goes to everybody, and what is answered replies to it', async () => {
  const { url, received } = await startMailServer({ user: 'rb', pass: 's p' });
  const people = { to: ['ada@example.com', 'bo@example.com'], from: 'runbook@example.com' };
  const channel = mail(people, url, true);
  const reference = await channel.send(
    { ...NOTICE, headline: 'prod: ändern\r\nBcc: x@y.z' },
    now(),
  );
  await channel.close(DONE, reference, now());
  const [sent, closed] = received;
  expect(sent?.to).toEqual(people.to);
  expect(sent?.text).toContain('Message-ID: <notice-7@example.com>');
  expect(sent?.text).toContain('https://runbook.example.com/r/k3f9');
  expect(sent?.text).not.toMatch(/^Bcc:/m);
  expect(closed?.text).toContain('In-Reply-To: <notice-7@example.com>');
  expect(closed?.text).toContain('Subject: prod: grace confirmed it');
  url.password = 'wrong';
  await expect(mail(people, url, true).send(NOTICE, now())).rejects.toThrow(/535/);
  await expect(mail(people, url, false).send(NOTICE, now())).rejects.toThrow(/STARTTLS/);
  const ended = AbortSignal.abort(new Error('the server ends'));
  await expect(channel.send(NOTICE, ended)).rejects.toThrow('the server ends');
});

test('what does not take a message says why; a redirect is not followed', async () => {
  const { url, received } = await startReceiver(({ path }) =>
    path === '/moved' ? { status: 302 } : { body: '{"ok":false,"error":"channel_not_found"}' },
  );
  await expect(slack('C1', 'x', url).send(NOTICE, now())).rejects.toThrow(
    'Slack refused it: channel_not_found',
  );
  await expect(webhook(`${url}/moved`, ['x']).send(NOTICE, now())).rejects.toThrow('answered 302');
  expect(received.map(({ path }) => path)).toEqual(['/chat.postMessage', '/moved']);
  const closed = `127.0.0.1:${await closedPort()}`;
  await expect(webhook(`http://${closed}/`, ['x']).send(NOTICE, now())).rejects.toThrow(
    `${closed} was not reached: connect ECONNREFUSED`,
  );
});
