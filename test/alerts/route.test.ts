import { describe, expect, test } from 'vitest';
import type { Texts } from '#alerts/alert.ts';
import { routeAlert } from '#alerts/route.ts';
import type { InputDefinition } from '#runbook/model/runbook.ts';
import { alertWith, routesConfig, routingTo } from '../fixtures/alert-files.ts';

const routed = (route: string, labels: Texts, ...inputs: readonly Partial<InputDefinition>[]) =>
  routeAlert(alertWith({ labels }), routesConfig(route), routingTo(...inputs));

describe('the first route that matches is taken', () => {
  const numberFor = (match: string, labels: Texts) =>
    routed(`{ match: { ${match} }, run: r, environment: e }`, labels).route?.number;

  test.each([
    ['a: x', { a: 'x', b: 'y' }, 1],
    ['a: x', { a: 'X' }, undefined],
    ['a: x, b: y', { a: 'x' }, undefined],
    ['a: x, b: y', { a: 'x', b: 'y' }, 1],
    ['a: "~x|y"', { a: 'y' }, 1],
    ['a: "~x|y"', { a: 'xy' }, undefined],
    ['a: "~db-.*"', { a: 'db-1' }, 1],
    ['a: "~db-.*"', { a: 'my-db-1' }, undefined],
    ['a: "~(?i)prod"', { a: 'PROD' }, 1],
    ['a: "~x\\n"', { a: 'x' }, undefined],
    ['a: ""', {}, 1],
    ['a: ""', { a: 'x' }, undefined],
    ['a: "~.+"', {}, undefined],
    ['port: 5432', { port: '5432' }, 1],
    ['a: true', { a: 'true' }, 1],
    ['', { a: 'x' }, 1],
  ] as const)('{ %s } and %j', (match, labels, number) => {
    expect(numberFor(match, labels)).toBe(number);
  });

  test('and no other after it', () => {
    const config = routesConfig(
      '{ source: jsm, match: {}, run: a, environment: e }',
      '{ match: { team: db }, run: b, environment: e }',
      '{ match: {}, run: c, environment: e }',
    );
    const runbookFor = (labels: Texts, source: string) =>
      routeAlert(alertWith({ labels }), config, { ...routingTo(), source }).route?.runbook;
    expect(runbookFor({ team: 'db' }, 'jsm')).toBe('a');
    expect(runbookFor({ team: 'db' }, 'generic')).toBe('b');
    expect(runbookFor({}, 'generic')).toBe('c');
  });

  test('a pattern that would backtrack for hours elsewhere is decided at once', () => {
    expect(numberFor('a: "~(a+)+b"', { a: 'a'.repeat(900) })).toBeUndefined();
  });
});

describe('inputs are texts that fit the types of the runbook', () => {
  const bound = (
    template: string,
    labels: Texts,
    ...inputs: readonly Partial<InputDefinition>[]
  ) => {
    const route = `{ match: {}, run: r, environment: e, inputs: { x: ${template} } }`;
    const { inputs: values, notGiven, refused } = routed(route, labels, ...inputs);
    return { values, notGiven: notGiven.map(({ reason }) => reason), refused };
  };
  const labels = { n: '12', d: '10m', t: 'a; rm -rf /', e: '' };

  test.each([
    ['"${{ labels.n }}"', 'number', '12'],
    ['"${{ labels.d }}"', 'duration', '10m'],
    ['"${{ labels.t }}"', 'text', 'a; rm -rf /'],
    ['"${{ labels.n }} of ${{ alert.title }}"', 'text', '12 of Pool exhausted'],
    ['true', 'boolean', 'true'],
    ['15', 'number', '15'],
  ] as const)('%s as a %s', (template, type, value) => {
    expect(bound(template, labels, { name: 'x', type })).toEqual({
      values: { x: value },
      notGiven: [],
      refused: undefined,
    });
  });

  test('a value of another type starts nothing', () => {
    expect(bound('"${{ labels.t }}"', labels, { name: 'x', type: 'number' })).toEqual({
      values: {},
      notGiven: [],
      refused: 'the input "x" has to be a number, and "a; rm -rf /" is not',
    });
  });

  test('a label that is missing or empty leaves the input to its default', () => {
    expect(bound('"${{ labels.missing }}"', labels, { name: 'x' }).notGiven).toEqual([
      '${{ labels.missing }} has no value: there is no "missing"',
    ]);
    expect(bound('"${{ labels.e }}"', labels, { name: 'x' }).notGiven).toEqual(['it is empty']);
    const either = `'\${{ has(labels.missing) ? labels.missing : "5m" }}'`;
    expect(bound(either, labels, { name: 'x' }).values).toEqual({ x: '5m' });
  });

  test('a secret input, an unknown one and a value that is too long start nothing', () => {
    const refusal = (...inputs: readonly Partial<InputDefinition>[]) =>
      bound('"${{ labels.t }}"', { t: 'x'.repeat(900) }, ...inputs).refused;
    expect(refusal({ name: 'x', secret: true })).toBe(
      'the input "x" is secret: no alert can set it',
    );
    expect(refusal({ name: 'y' })).toBe('the runbook has no input "x"');
    const long = `"${'${{ labels.t }}'.repeat(5)}"`;
    expect(bound(long, { t: 'x'.repeat(900) }, { name: 'x' }).refused).toContain('is longer than');
  });

  test('a runbook that there is not starts nothing', () => {
    const config = routesConfig('{ match: {}, run: gone, environment: e }');
    const routing = { ...routingTo(), runbook: () => undefined };
    expect(routeAlert(alertWith(), config, routing).refused).toBe(
      'the runbook "gone" is unknown or invalid',
    );
  });
});

describe('the fingerprint', () => {
  const fingerprint = (key: string, labels: Texts, names?: string) => {
    const by = names === undefined ? '' : `, fingerprint: [${names}]`;
    const config = routesConfig(`{ match: {}, run: r, environment: e${by} }`);
    return routeAlert(alertWith({ key, labels }), config, routingTo()).fingerprint;
  };

  test('is the key of the source, or the labels that the route names', () => {
    expect(fingerprint('abc', { a: 'x' })).toBe('generic:abc');
    expect(fingerprint('abc', { a: 'x', b: 'y' }, 'a, c')).toBe('r@e [["a","x"],["c",null]]');
  });

  test('does not depend on other labels, nor on how values are joined', () => {
    expect(fingerprint('1', { a: 'x', b: '1' }, 'a')).toBe(
      fingerprint('2', { a: 'x', b: '2' }, 'a'),
    );
    expect(fingerprint('1', { a: '1","2', b: '' }, 'a, b')).not.toBe(
      fingerprint('1', { a: '1', b: '2' }, 'a, b'),
    );
  });

  test('has a digest of what is too long to be a key of a database', () => {
    const long = fingerprint('x'.repeat(5_000), {});
    expect(long).toMatch(/^generic:x+…#5008$/);
    expect(long.length).toBeLessThan(200);
  });
});

test('the severity is that of the route, the alert or the runbook', () => {
  const config = (more: string) => routesConfig(`{ match: {}, run: r, environment: e${more} }`);
  const severity = (more: string, own?: 'low') =>
    routeAlert(alertWith({ severity: own }), config(more), routingTo()).severity;
  expect(severity(', severity: critical', 'low')).toBe('critical');
  expect(severity('', 'low')).toBe('low');
  expect(severity('')).toBe('medium');
});

test('a route gives the run a title of its own, if the alert has what it names', () => {
  const titleOf = (title: string, labels: Texts) =>
    routed(`{ match: {}, run: r, environment: e, title: ${JSON.stringify(title)} }`, labels).title;
  const title = '${{ labels.instance }}: ${{ alert.title }}';
  expect(titleOf(title, { instance: 'db-7' })).toBe('db-7: Pool exhausted');
  expect(titleOf(title, {})).toBeUndefined();
  expect(titleOf('${{ labels.instance }}', { instance: 'x'.repeat(900) })).toHaveLength(200);
  expect(routed('{ match: {}, run: r, environment: e }', {}).title).toBeUndefined();
});
