import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LIMITS, SOURCE_KINDS, type SourceKind } from '#alerts/alert.ts';
import { SYSTEMS } from '#alerts/read-payload.ts';
import { signaturesIn } from '#alerts/verification.ts';
import { secretProblem, verifyWebhook } from '#web/verify-webhook.ts';
import { recorded } from '../fixtures/alert-files.ts';
import { draws, fc } from '../support/properties.ts';

const NOW = Date.parse('2026-11-22T21:15:00Z');
const SECOND = String(NOW / 1_000);
const SECRET = 'a secret of at least thirty-two characters';
const OLD_SECRET = 'the secret before it, thirty-two as well';

const hmac = (secret: string, ...parts: readonly (string | Uint8Array)[]) => {
  const sum = createHmac('sha256', secret);
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
};

type Parts = {
  readonly body?: Uint8Array;
  readonly address?: string;
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
};

/** Returns why a request with these headers is refused, or undefined. */
function refusal(kind: SourceKind, headers: Readonly<Record<string, string>>, parts: Parts = {}) {
  const { body = recorded(kind), secrets = [SECRET], networks = [], address } = parts;
  const known = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const request = { header: (name: string) => known.get(name.toLowerCase()), body, address };
  const verification = SYSTEMS[kind].verification;
  const verified = verifyWebhook(request, { verification, secrets, networks }, NOW);
  return verified.ok ? undefined : verified.reason;
}

/** The headers with which each kind of source proves that it knows a secret. */
const proof = (kind: SourceKind, secret = SECRET, time = SECOND): Record<string, string> => {
  const body = recorded(kind);
  switch (kind) {
    case 'pagerduty':
      return { 'X-PagerDuty-Signature': `v1=${hmac(secret, body)}` };
    case 'grafana':
      return {
        'X-Grafana-Alerting-Signature': hmac(secret, `${time}:`, body),
        'X-Grafana-Alerting-Timestamp': time,
      };
    case 'sentry':
      return { 'Sentry-Hook-Signature': hmac(secret, body) };
    case 'generic':
      return {
        'X-Runbook-Signature': `v1=${hmac(secret, `${time}.`, body)}`,
        'X-Runbook-Timestamp': time,
      };
    default:
      return { Authorization: `Bearer ${secret}` };
  }
};

describe.each(SOURCE_KINDS)('%s', (kind) => {
  test('is accepted with its secret, and with the previous one while there is one', () => {
    expect(refusal(kind, proof(kind))).toBeUndefined();
    expect(refusal(kind, proof(kind, OLD_SECRET))).toMatch(/no signature is right|is wrong/);
    const secrets = [SECRET, OLD_SECRET];
    expect(refusal(kind, proof(kind, OLD_SECRET), { secrets })).toBeUndefined();
  });

  test('is refused without a proof, or without a secret to hold it against', () => {
    expect(refusal(kind, {})).toContain('header');
    expect(refusal(kind, proof(kind, ''), { secrets: [''] })).toBe('there is no usable secret');
    expect(refusal(kind, proof(kind, 'short'), { secrets: ['short'] })).toBe(
      'there is no usable secret',
    );
    expect(refusal(kind, proof(kind), { secrets: [] })).toBe('there is no usable secret');
  });

  test('is refused when it is too large, whatever it is signed with', () => {
    const body = Buffer.alloc(LIMITS.bytes + 1);
    expect(refusal(kind, proof(kind), { body })).toBe('the body is too large');
  });
});

describe.each(['pagerduty', 'sentry', 'grafana', 'generic'] as const)(
  'the signature of %s',
  (kind) => {
    test('covers every byte of the body, UTF-8 or not', () => {
      const body = Buffer.concat([recorded(kind), Buffer.from(' ')]);
      expect(refusal(kind, proof(kind), { body })).toBe('no signature is right');
      const broken = Buffer.from(recorded(kind));
      broken[10] = 0xff;
      expect(refusal(kind, proof(kind), { body: broken })).toBe('no signature is right');
    });

    test('is not the secret itself', () => {
      expect(refusal(kind, { Authorization: `Bearer ${SECRET}` })).toMatch(/header .* is missing/);
    });
  },
);

describe.each(['grafana', 'generic'] as const)('the time of %s', (kind) => {
  const at = (ms: number) => String((NOW + ms) / 1_000);

  test.each([-300_000, -1_000, 0, 300_000])('%i ms from ours is accepted', (ms) => {
    expect(refusal(kind, proof(kind, SECRET, at(ms)))).toBeUndefined();
  });

  test.each([-301_000, 301_000, -86_400_000])('%i ms from ours is refused', (ms) => {
    expect(refusal(kind, proof(kind, SECRET, at(ms)))).toContain('within the last 5 minutes');
  });

  test.each([
    `0x${Number(SECOND).toString(16)}`,
    `${SECOND}.0`,
    `+${SECOND}`,
    '',
    'now',
    '1e9',
    '-5',
    '12.5',
    `${SECOND}, ${SECOND}`,
  ])('%j is none', (time) => {
    expect(refusal(kind, proof(kind, SECRET, time))).toContain('within the last 5 minutes');
  });

  test('is signed: with another one the signature is wrong', () => {
    const header = kind === 'grafana' ? 'X-Grafana-Alerting-Timestamp' : 'X-Runbook-Timestamp';
    const headers = { ...proof(kind), [header]: at(1_000) };
    expect(refusal(kind, headers)).toBe('no signature is right');
  });

  test('has to be there', () => {
    const [signature] = Object.entries(proof(kind));
    expect(refusal(kind, Object.fromEntries([signature ?? ['', '']]))).toMatch(/stamp is missing/);
  });
});

describe('several signatures', () => {
  const body = recorded('pagerduty');
  const right = `v1=${hmac(SECRET, body)}`;
  const wrong = `v1=${hmac('x'.repeat(40), body)}`;
  const header = (...signatures: readonly string[]) => ({
    'X-PagerDuty-Signature': signatures.join(','),
  });

  test('are accepted if one of them is right', () => {
    expect(refusal('pagerduty', header(wrong, right))).toBeUndefined();
    expect(refusal('pagerduty', header(right, wrong))).toBeUndefined();
    expect(refusal('pagerduty', { 'X-PagerDuty-Signature': `${wrong}, ${right}` })).toBeUndefined();
    expect(refusal('pagerduty', header(wrong, wrong))).toBe('no signature is right');
  });

  test('of another version, or no signatures at all, count for nothing', () => {
    const plain = right.slice(3);
    for (const one of [`v2=${plain}`, plain, 'v1=', 'v1=zz', `${right}00`, right.slice(0, -2)])
      expect(refusal('pagerduty', header(one))).toBe('no signature is right');
    expect(refusal('pagerduty', header(right.toUpperCase().replace('V1', 'v1')))).toBeUndefined();
  });

  test('are tried up to five times', () => {
    const many = Array.from({ length: 50 }, () => wrong);
    expect(refusal('pagerduty', header(...many, right))).toBe('no signature is right');
    expect(signaturesIn(many.join(','), 'v1=')).toHaveLength(5);
  });
});

describe('a secret that is sent', () => {
  const basic = (text: string) => ({
    Authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });

  test('is a bearer token, or the password of any user', () => {
    expect(refusal('alertmanager', { Authorization: `bearer ${OLD_SECRET.slice(0, 5)}` })).toBe(
      'the secret is wrong',
    );
    expect(refusal('alertmanager', basic(`runbook:${SECRET}`))).toBeUndefined();
    const withColon = `${SECRET}:x`;
    expect(
      refusal('alertmanager', basic(`runbook:${withColon}`), { secrets: [withColon] }),
    ).toBeUndefined();
    expect(refusal('alertmanager', basic(SECRET.slice(0, -1)))).toBe('the secret is wrong');
  });

  test.each([
    '',
    'Bearer',
    'Digest x',
    `x Bearer ${SECRET}`,
    `Bearer ${'x'.repeat(3)} y`,
    'Basic !!!',
  ])('%j is none', (it) => {
    expect(refusal('datadog', { Authorization: it })).toMatch(/no bearer token|is wrong/);
  });

  test('has at least 32 characters', () => {
    expect(secretProblem('x'.repeat(31), SYSTEMS.jsm.verification)).toContain('shorter than 32');
    expect(secretProblem('x'.repeat(32), SYSTEMS.jsm.verification)).toBeUndefined();
  });
});

describe('networks', () => {
  const networks = ['10.0.0.0/8', 'fd00::/8'];

  test.each([
    ['10.1.2.3', undefined],
    ['::ffff:10.1.2.3', undefined],
    ['fd12::1', undefined],
    ['11.1.2.3', 'the address is in none of the networks'],
    ['fe80::1', 'the address is in none of the networks'],
    ['nonsense', 'the address is in none of the networks'],
  ])('%s', (address, reason) => {
    expect(refusal('jsm', proof('jsm'), { address, networks })).toBe(reason);
  });

  test('a network that is none contains nothing', () => {
    const nowhere = { address: '10.1.2.3', networks: ['999.0.0.0/8', 'localhost', ''] };
    expect(refusal('jsm', proof('jsm'), nowhere)).toBe('the address is in none of the networks');
  });

  test('an address that is not known is in none', () => {
    expect(refusal('jsm', proof('jsm'), { networks })).toBe(
      'the address is in none of the networks',
    );
  });
});

test('no header makes the verification throw, and none is right by chance', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SOURCE_KINDS), fc.string(), fc.string(), (kind, one, other) => {
      const names = Object.keys(proof(kind));
      const headers = Object.fromEntries(
        names.map((name, index) => [name, index === 0 ? one : other]),
      );
      expect(refusal(kind, headers)).toBeDefined();
    }),
    draws(300),
  );
});
