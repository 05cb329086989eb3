import { expect, test } from 'vitest';
import { LIMITS, SOURCE_KINDS } from '#alerts/alert.ts';
import { kindOf, readPayload } from '#alerts/read-payload.ts';
import { routeAlert } from '#alerts/route.ts';
import { alertsIn, bodyOf, recorded, routesConfig, routingTo } from '../fixtures/alert-files.ts';
import { draws, fc } from '../support/properties.ts';

const problemOf = (body: Uint8Array) => {
  const read = readPayload('generic', body);
  return read.ok ? undefined : read.problem.code;
};

test('a body is refused before it is parsed: too large, no UTF-8, too deep', () => {
  expect(problemOf(Buffer.alloc(LIMITS.bytes + 1, ' '))).toBe('too-large');
  expect(problemOf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toBe('not-utf8');
  expect(problemOf(Buffer.from('['.repeat(500_000)))).toBe('too-deep');
  expect(problemOf(Buffer.from(`${'{"a":'.repeat(LIMITS.depth + 1)}1`))).toBe('too-deep');
  expect(problemOf(Buffer.from('{"title":'))).toBe('not-json');
  expect(problemOf(Buffer.from(''))).toBe('not-json');
});

test('brackets inside of texts do not count as depth', () => {
  const title = '[[{"\\'.repeat(100);
  expect(alertsIn('generic', bodyOf({ title }))).toMatchObject([{ title }]);
});

test.each([
  [null],
  [1],
  ['text'],
  [[]],
  [{}],
  [[[]]],
  [{ alerts: 'none' }],
  [{ alerts: [1] }],
  [{ event: {} }],
])('JSON of another shape is refused: %j', (value) => {
  for (const kind of SOURCE_KINDS)
    expect(readPayload(kind, bodyOf(value))).toMatchObject(
      kind === 'alertmanager' || kind === 'grafana' ? {} : { ok: false },
    );
  expect(problemOf(bodyOf(value))).toBe('wrong-shape');
});

test('of more than 500 alerts the first 500 are read and the others counted', () => {
  const alerts = Array.from({ length: 612 }, (_, index) => ({ title: `alert ${index}` }));
  const read = readPayload('generic', bodyOf({ alerts }));
  expect(read).toMatchObject({ ok: true, leftOut: 112 });
  expect(read.ok && read.alerts.at(-1)?.title).toBe('alert 499');
});

test('a label that is too long is left out, not truncated: its value could mean something else', () => {
  const labels = {
    long: 'x'.repeat(LIMITS.value + 1),
    ok: 'x',
    [`n${'x'.repeat(LIMITS.name)}`]: '1',
  };
  const annotations = { text: 'x'.repeat(LIMITS.prose + 10) };
  const [alert] = alertsIn('generic', bodyOf({ labels, annotations }));
  expect(alert).toMatchObject({ labels: { ok: 'x' }, leftOut: 2 });
  expect(alert?.annotations.text).toHaveLength(LIMITS.prose);
});

test('whatever is exactly at its limit is kept', () => {
  const name = 'n'.repeat(LIMITS.name);
  const labels = { [name]: 'x'.repeat(LIMITS.value), '': 'no name' };
  const [alert] = alertsIn('generic', bodyOf({ labels, title: ` ${'t'.repeat(LIMITS.prose)} ` }));
  expect(alert).toMatchObject({ labels: { [name]: labels[name] }, leftOut: 1 });
  expect(alert?.title).toHaveLength(LIMITS.prose);
  const deep = `${'{"labels":'.repeat(LIMITS.depth)}{}${'}'.repeat(LIMITS.depth)}`;
  expect(problemOf(Buffer.from(deep))).toBe('too-deep');
  expect(problemOf(Buffer.from(deep.slice('{"labels":'.length, -1)))).toBeUndefined();
  const full = Buffer.alloc(LIMITS.bytes, ' ');
  full.write('{"title":"x"}');
  expect(problemOf(full)).toBeUndefined();
});

test('the reason of a refusal has the limit', () => {
  const message = (body: Buffer) => {
    const read = readPayload('generic', body);
    return read.ok ? '' : read.problem.message;
  };
  expect(message(Buffer.alloc(LIMITS.bytes + 1))).toBe('the body has more than 1024 KiB');
  expect(message(Buffer.from('['.repeat(40)))).toBe('the body is nested more than 32 levels deep');
  expect(message(Buffer.from([0xff]))).toBe('the body is not UTF-8');
});

test('labels and annotations that are left out are counted together', () => {
  const long = { constructor: 'x' };
  const body = bodyOf({ alerts: [{ labels: { ...long, a: '1' }, annotations: long }] });
  for (const kind of ['alertmanager', 'generic'] as const)
    expect(alertsIn(kind, body)).toMatchObject([{ leftOut: 2 }]);
});

test('at most 100 labels are kept', () => {
  const labels = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`l${index}`, 'x']));
  const [alert] = alertsIn('generic', bodyOf({ labels }));
  expect(Object.keys(alert?.labels ?? {})).toHaveLength(LIMITS.labels);
  expect(alert?.leftOut).toBe(30);
});

test('names that objects inherit are no labels, and nothing is inherited from a payload', () => {
  const body = Buffer.from(
    '{"labels":{"__proto__":"a","constructor":"b","prototype":"c","toString":"d","env":"prod"},' +
      '"__proto__":{"polluted":true},"annotations":{"__proto__":{"polluted":true}}}',
  );
  const [alert] = alertsIn('generic', body);
  expect(Object.keys(alert?.labels ?? {})).toEqual(['env']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(alert?.labels)).toBe(Object.prototype);
});

test('a route on a name that objects inherit does not match by accident', () => {
  const config = routesConfig('{ match: { toString: "~.+" }, run: r, environment: e }');
  const [alert] = alertsIn('generic', bodyOf({ title: 'x' }));
  if (alert === undefined) throw new Error('no alert');
  expect(routeAlert(alert, config, routingTo()).route).toBeUndefined();
});

test('texts hold neither NUL nor half of a surrogate pair: no database stores them', () => {
  const body = Buffer.from('{"title":"a\\u0000b\\ud800","labels":{"x":"\\u0000\\udc00"}}');
  expect(alertsIn('generic', body)).toMatchObject([
    { title: 'a\ufffdb\ufffd', labels: { x: '\ufffd\ufffd' } },
  ]);
});

const json = fc.jsonValue({ maxDepth: 6 });

test('no JSON makes a reader throw, and what it reads stays within the limits', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(...SOURCE_KINDS), (value, kind) => {
      const read = readPayload(kind, bodyOf(value));
      if (!read.ok) return;
      expect(read.alerts.length).toBeLessThanOrEqual(LIMITS.alerts);
      for (const { labels, title } of read.alerts) {
        expect(title.length).toBeLessThanOrEqual(LIMITS.prose);
        expect(Object.keys(labels).length).toBeLessThanOrEqual(LIMITS.labels);
      }
    }),
    draws(300),
  );
});

test('a recorded payload with any part replaced is read or refused, and never throws', () => {
  const config = routesConfig(
    '{ match: {}, run: r, environment: e, inputs: { x: "${{ labels.a }}" } }',
  );
  fc.assert(
    fc.property(fc.constantFrom(...SOURCE_KINDS), fc.nat(), json, (kind, place, value) => {
      let at = 0;
      const replaced = JSON.parse(recorded(kind).toString(), (_, inner) => {
        at += 1;
        return at === place % 60 ? value : inner;
      });
      const read = readPayload(kind, bodyOf(replaced));
      for (const alert of read.ok ? read.alerts : []) {
        const { fingerprint } = routeAlert(alert, config, routingTo({ name: 'x' }));
        expect(fingerprint.length).toBeLessThanOrEqual(200);
      }
    }),
    draws(300),
  );
});

test('no bytes make a reader throw', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...SOURCE_KINDS),
      (body, kind) => {
        expect([true, false]).toContain(readPayload(kind, body).ok);
        expect(SOURCE_KINDS).toContain(kindOf(body));
      },
    ),
    draws(300),
  );
});
