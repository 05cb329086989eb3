import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadServerConfig } from '../../src/cli/commands/server/config.ts';
import { startReceiver } from '../support/receiver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function load(text: string) {
  const folder = temporaryFolder();
  const config = join(folder, 'team.yaml');
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets/siem'), 'whsec_c2VjcmV0', { mode: 0o600 });
  writeFileSync(config, `environments: { prod: {} }\n${text}`);
  return loadServerConfig({ config, listen: undefined }, [], () => undefined);
}

test('the rules and channels of a config file are read with their secrets', async () => {
  const { url, received } = await startReceiver();
  const loaded = await load(`
channels:
  siem: { webhook: "${url}/hook", secret: file:secrets/siem, previous_secret: file:secrets/siem }
  phone: { ntfy: "${url}/db-oncall" }
notify:
  - { on: [gate, unknown], environments: [prod], to: [siem, phone], after: 5m }
  - { on: [finished], to: [phone] }
`);
  expect(loaded?.notify).toEqual([
    { on: ['gate', 'unknown'], environments: ['prod'], to: ['siem', 'phone'], afterMs: 300_000 },
    { on: ['finished'], environments: undefined, to: ['phone'], afterMs: 0 },
  ]);
  const notice = {
    id: '1',
    type: 'test',
    severity: 'low',
    headline: 'x',
    lines: [],
    link: url,
  } as const;
  for (const channel of loaded?.channels.values() ?? [])
    await channel.send(notice, AbortSignal.timeout(5_000));
  expect(received.map(({ path }) => path)).toEqual(['/hook', '/']);
  expect(String(received[0]?.headers['webhook-signature']).split(' ')).toHaveLength(2);
});

test.each([
  [
    'channels: { a: { ntfy: "https://x/y" } }\nnotify: [{ on: [gate], to: [b] }]',
    'there is no channel "b"',
  ],
  [
    'channels: { a: { ntfy: "https://x/y" } }\nnotify: [{ on: [gate], environments: [pord], to: [a] }]',
    'there is no environment "pord"',
  ],
  ['channels: { a: { ntfy: "http://ntfy.example.com/y" } }', 'is not an https address'],
  ['channels: { a: { webhook: "https://x/y" } }', 'webhook needs secret'],
  ['channels: { a: { slack: C1 } }', 'slack needs bot_token'],
  [
    'channels: { a: { slack: C1, bot_token: file:secrets/siem, token: file:secrets/siem } }',
    'slack has no token',
  ],
  [
    'channels: { a: { slack: C1, bot_token: file:secrets/siem, ntfy: "https://x/y" } }',
    'it is not one kind of channel',
  ],
  ['channels: { a: {} }', 'it is not one kind of channel'],
  ['channels: { a: { slack: C1, bot_token: xoxb-1 } }', 'is not a reference'],
  [
    'channels: { a: { slack: C1, bot_token: file:secrets/none } }',
    'the secret of the channel "a" is not known',
  ],
  ['channels: { a: { email: [a@b.c], from: r@b.c } }', 'email needs smtp'],
  [
    'channels: { a: { email: [a@b.c], from: r@b.c, smtp: file:secrets/siem } }',
    'smtp is not the URL of a mail server',
  ],
  ['channels: {}\nnotify: [{ on: [gates], to: [] }]', 'did you mean "gate"?'],
])('%s is refused', async (text, why) => {
  await expect(load(text)).rejects.toThrow(why);
});
