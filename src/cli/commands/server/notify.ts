import * as z from 'zod/mini';
import { environmentError } from '#errors.ts';
import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import { duration, identifier, opt, secretReference, text, texts } from '#runbook/schema/parts.ts';
import { checked, type Placed, placed, withDefault } from '#runbook/yaml/holds.ts';
import { isLoopback } from '#serve/loopback.ts';
import type { Channel } from '#serve/notify/channel.ts';
import { mail } from '#serve/notify/channels/mail.ts';
import { ntfy } from '#serve/notify/channels/ntfy.ts';
import { slack } from '#serve/notify/channels/slack.ts';
import { webhook } from '#serve/notify/channels/webhook.ts';
import { NOTICE_KINDS } from '#serve/notify/notice.ts';
import type { NotifyRule } from '#serve/notify/outbox.ts';
import { didYouMean } from '#text/suggest.ts';
import { configSecret, type SecretOptions } from './secret.ts';

const secret = (what: string) => secretReference(what, 'the secret');

/** An address that messages are sent to: what they say passes no network in clear text. */
const address = (what: string) =>
  checked(text(what), (written, { node: { span } }) => {
    const url = URL.parse(written);
    if (url?.protocol === 'https:') return [];
    if (url?.protocol === 'http:' && isLoopback(url.hostname)) return [];
    return [errorAt('wrong-value', span, `"${written}" is not an https address`, 'https://…')];
  });

/** The keys of each kind of channel, beside the one that names it: those it needs, and others. */
const KINDS = {
  webhook: { needs: ['secret'], may: ['previous_secret'] },
  ntfy: { needs: [], may: ['token'] },
  slack: { needs: ['bot_token'], may: ['api'] },
  email: { needs: ['from', 'smtp'], may: [] },
} as const satisfies Record<string, { needs: readonly string[]; may: readonly string[] }>;
const NAMES = ['webhook', 'ntfy', 'slack', 'email'] as const;
const FORM =
  '{ webhook: …, secret: … }, { ntfy: … }, { slack: …, bot_token: … } or { email: […], from: …, smtp: … }';

const channel = checked(
  z
    .strictObject({
      webhook: opt(address('the address that messages are posted to')),
      secret: opt(secret('the secret that messages are signed with')),
      previous_secret: opt(secret('the secret before it, which signs too while it is replaced')),
      ntfy: opt(address('the topic, e.g. https://ntfy.example.com/db-oncall')),
      token: opt(secret('the access token, if the topic needs one')),
      slack: opt(text('the ID of the channel, e.g. C0123456789')),
      bot_token: opt(secret('the token of the app, with the scope chat:write')),
      api: opt(address('another address of the API of Slack')),
      email: opt(texts('the addresses of the people')),
      from: opt(text('the address that messages come from')),
      smtp: opt(secret('the URL of the mail server, with its login')),
    })
    .check(z.describe(`a way to people: ${FORM}`)),
  (written, { node: { span } }) => {
    const [kind, ...others] = NAMES.filter((name) => written[name] !== undefined);
    if (kind === undefined || others.length > 0)
      return [errorAt('wrong-value', span, 'it is not one kind of channel', FORM)];
    const { needs, may }: { needs: readonly string[]; may: readonly string[] } = KINDS[kind];
    const has = Object.entries(written).flatMap(([key, value]) => (value === undefined ? [] : key));
    const missing = needs.filter((key) => !has.includes(key));
    const foreign = has.filter((key) => ![kind, ...needs, ...may].includes(key));
    return [
      ...missing.map((key) =>
        errorAt('missing-key', span, `${kind} needs ${key}`, `${key}: file:…`),
      ),
      ...foreign.map((key) => errorAt('wrong-value', span, `${kind} has no ${key}`)),
    ];
  },
);
type WrittenChannel = z.infer<typeof channel>;

const rule = z
  .strictObject({
    on: z
      .array(z.enum(NOTICE_KINDS))
      .check(z.minLength(1), z.describe('what to tell: gate, question, unknown, finished')),
    environments: opt(
      z.array(placed(identifier)).check(z.describe('only runs of these environments')),
    ),
    to: z
      .array(placed(identifier))
      .check(z.minLength(1), z.describe('the channels, by their names')),
    after: withDefault(duration('only if nobody has answered for this long'), 0),
  })
  .check(z.describe('who is told of what'));

const CHANNELS = z.record(identifier, channel).check(z.describe('the ways to people, by name'));
const RULES = z.array(rule).check(z.describe('who is told of what waits'));

/** The keys of a server's config file that say who is told of what. */
export const NOTIFY_KEYS = { channels: opt(CHANNELS), notify: opt(RULES) };

type Written = {
  readonly channels?: z.infer<typeof CHANNELS> | undefined;
  readonly notify?: z.infer<typeof RULES> | undefined;
  readonly environments: Readonly<Record<string, unknown>>;
};

/** Returns the problems of rules that name a channel or an environment which the config does not have. */
export function unknownInRules(config: Written): readonly Diagnostic[] {
  const { channels = {}, notify = [], environments } = config;
  return notify.flatMap(({ to, environments: where = [] }) => [
    ...unknown('channel', to, Object.keys(channels)),
    ...unknown('environment', where, Object.keys(environments)),
  ]);
}

function unknown(
  what: string,
  names: readonly Placed<string>[],
  known: readonly string[],
): readonly Diagnostic[] {
  return names
    .filter(({ value }) => !known.includes(value))
    .map(({ value, span }) =>
      errorAt('unknown-name', span, `there is no ${what} "${value}"`, didYouMean(value, known)),
    );
}

/** Returns the rules of a server's config file. */
export function notifyRules({ notify = [] }: Pick<Written, 'notify'>): readonly NotifyRule[] {
  return notify.map(({ on, environments, to, after }) => ({
    ...{ on, afterMs: after },
    environments: environments?.map(({ value }) => value),
    to: to.map(({ value }) => value),
  }));
}

/** Resolves with the channels of a server's config file; rejects if a secret cannot be resolved. */
export async function openChannels(
  { channels = {} }: Pick<Written, 'channels'>,
  options: SecretOptions,
): Promise<ReadonlyMap<string, Channel>> {
  const opened = new Map<string, Channel>();
  for (const [name, written] of Object.entries(channels)) {
    const { secret: own, token, bot_token: botToken, smtp, previous_secret: before } = written;
    const secrets: string[] = [];
    for (const reference of [own ?? token ?? botToken ?? smtp, before])
      if (reference !== undefined)
        secrets.push(await configSecret(reference, `the channel "${name}"`, options));
    opened.set(name, openChannel(written, secrets));
  }
  return opened;
}

function openChannel(
  { webhook: address = '', ntfy: topic, slack: place, api, email, from = '' }: WrittenChannel,
  secrets: readonly string[],
): Channel {
  const [first = ''] = secrets;
  if (place !== undefined) return slack(place, first, api);
  if (topic !== undefined) return ntfy(topic, secrets[0]);
  if (email === undefined) return webhook(address, secrets);
  const server = mailServer(first);
  return mail({ to: email, from }, server, isLoopback(server.hostname));
}

function mailServer(written: string): URL {
  const url = URL.parse(written.trim());
  if (url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '') return url;
  // The text holds a password.
  throw environmentError(
    'smtp is not the URL of a mail server',
    'smtps://USER:PASSWORD@smtp.example.com',
  );
}
