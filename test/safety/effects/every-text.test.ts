import { expect, test } from 'vitest';
import type { Body } from '#runbook/model/runbook.ts';
import { bodiesByPart } from '#runbook/model/step-bodies.ts';
import { EFFECTS } from '#runbook/model/terms.ts';
import { renderAction } from '#safety/kinds/rules.ts';
import { actionOf, appliedAll, appliedTo, runbookOf } from '../../fixtures/effects/applied.ts';
import { draws, fc } from '../../support/properties.ts';

type Effect = (typeof EFFECTS)[number];

/** Texts by what they do wherever they are valid. */
const TEXTS: Readonly<Record<Effect, Readonly<Record<string, readonly string[]>>>> = {
  read: {
    postgres: ['SELECT 1 AS a', 'SELECT count(*) FROM t'],
    mysql: ['SELECT 2 AS a', 'SHOW FULL PROCESSLIST'],
    mariadb: ['SELECT 3 AS a', 'SHOW STATUS'],
    pgbouncer: ['SHOW POOLS', 'SHOW CLIENTS'],
    any: ['SELECT 4 AS a', 'SELECT count(*) FROM u'],
  },
  change: {
    postgres: ['SELECT pg_reload_conf()', 'VACUUM t'],
    mysql: ['SET GLOBAL max_connections = 7', 'FLUSH TABLES'],
    mariadb: ['SET GLOBAL max_connections = 8', 'FLUSH STATUS'],
    pgbouncer: ['RELOAD', 'RECONNECT'],
    any: ['INSERT INTO t VALUES (1)'],
  },
  destructive: {
    postgres: ['DROP TABLE t', 'SELECT pg_terminate_backend(7)'],
    mysql: ['KILL 7', 'DROP TABLE m'],
    mariadb: ['KILL 8', 'DROP TABLE r'],
    pgbouncer: ['KILL shop', 'SHUTDOWN'],
    any: ['DROP TABLE a'],
  },
};

const EFFECT_OF = new Map(
  EFFECTS.flatMap((effect) =>
    Object.values(TEXTS[effect]).flatMap((texts) => texts.map((text) => [text, effect] as const)),
  ),
);

/** Targets with the servers that they can lead to; the first is what the URL or the runbook says. */
const TARGETS: readonly (readonly [string, readonly string[]])[] = [
  ['{ database: "postgres://${{ inputs.name }}@h/d" }', ['postgres']],
  ['{ database: "mysql://${{ inputs.name }}@h/d" }', ['mysql', 'mariadb']],
  ['{ database: "mariadb://h/d" }', ['mariadb', 'mysql']],
  ['{ database: "${{ inputs.url }}", engine: postgres }', ['postgres']],
  ['{ database: "${{ inputs.url }}", engine: mysql }', ['mysql', 'mariadb']],
  ['{ database: "${{ inputs.url }}", engine: mariadb }', ['mariadb', 'mysql']],
  ['{ database: "${{ inputs.url }}", engine: pgbouncer }', ['pgbouncer']],
  ['{ database: "${{ inputs.url }}" }', ['postgres', 'mysql', 'mariadb', 'pgbouncer']],
];

type Texts = Readonly<Record<string, string>>;

/** What a server is sent. */
function textOn(texts: Texts, server: string): string | undefined {
  // The console has no statements of other servers.
  if (server === 'pgbouncer') return texts.pgbouncer;
  return texts.any ?? texts[server] ?? (server === 'mariadb' ? texts.mysql : undefined);
}

const engineText = (engine: string) =>
  fc
    .constantFrom<Effect>('read', 'read', 'change', 'destructive')
    .chain((effect) => fc.constantFrom(...(TEXTS[effect][engine] ?? [])));

const texts: fc.Arbitrary<Texts> = fc.oneof(
  fc.record(
    {
      postgres: engineText('postgres'),
      mysql: engineText('mysql'),
      mariadb: engineText('mariadb'),
      pgbouncer: engineText('pgbouncer'),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
  fc.record({ any: engineText('any') }, { noNullPrototype: true }),
);

const step = fc
  .record({
    target: fc.constantFrom(...TARGETS),
    part: fc.constantFrom('action', 'preview', 'verify', 'undo', 'wait', 'parallel', 'items'),
    declared: fc.constantFrom(undefined, undefined, 'read', 'change', 'destructive'),
    texts,
  })
  .filter(({ target: [, servers], texts: these }) => {
    const [said = ''] = servers;
    return servers.length > 2
      ? Object.keys(these).length > 0
      : textOn(these, said) !== undefined && (said !== 'pgbouncer' || these.any === undefined);
  });

type Case = typeof step extends fc.Arbitrary<infer T> ? T : never;

function written({ part, declared, texts: these }: Case): string {
  const sql = JSON.stringify(these.any ?? these);
  const effect = declared === undefined ? '' : `effect: ${declared},`;
  const change =
    'effect: destructive, sql: { postgres: VACUUM t, mysql: KILL 1, pgbouncer: RELOAD }';
  switch (part) {
    case 'action':
      return `- { id: it, on: db, ${effect} sql: ${sql} }`;
    case 'items':
      return `- { id: it, on: db, for_each: '[1, 2]', ${effect} sql: ${sql} }`;
    case 'undo':
      return `- { id: it, on: db, ${change}, undo: { sql: ${sql} } }`;
    case 'preview':
      return `- { id: it, on: db, ${change}, preview: { sql: ${sql} } }`;
    case 'verify':
      return `- { id: it, on: db, ${change}, verify: { sql: ${sql}, until: "true" } }`;
    case 'wait':
      return `- { id: it, on: db, wait: { sql: ${sql}, until: "true", within: 1s } }`;
    default:
      return `- { id: it, parallel: [{ id: a, on: db, sql: ${sql} }, { id: b, shell: 'true' }] }`;
  }
}

/** Returns the body of the part, with the effect that it runs with. */
function runs(applied: ReturnType<typeof appliedAll>, { part }: Case): [Body, Effect] | undefined {
  const [outer] = applied.runbook.steps;
  const [inner] = outer?.does.kind === 'parallel' ? outer.does.steps : [];
  const { does } = inner ?? outer ?? {};
  if (does === undefined) return undefined;
  const name = { preview: 'preview', verify: 'verify', undo: 'undo', wait: 'verify' }[
    part as string
  ];
  const body = bodiesByPart({ does })[name ?? 'action'];
  if (body === undefined) return undefined;
  if (part === 'undo' && 'undo' in does && does.undo?.kind === 'action')
    return [body, does.undo.effect];
  return [body, name === undefined && 'effect' in does ? does.effect : 'read'];
}

function rank(effect: Effect): number {
  return EFFECTS.indexOf(effect);
}

test('a step has at least the effect of every text that a server of its protocol is sent', () => {
  let valid = 0;
  let differing = 0;
  fc.assert(
    fc.property(step, (it) => {
      const [target, servers] = it.target;
      const applied = appliedAll(runbookOf(written(it), `db: ${target}`));
      if (applied.diagnostics.some(({ severity }) => severity === 'error')) return;
      const [body, effect] = runs(applied, it) ?? [];
      if (body === undefined || effect === undefined) throw new Error('there is no such part');
      valid += 1;
      const sent = new Set<Effect>();
      for (const server of servers) {
        const text = textOn(it.texts, server);
        if (text === undefined) continue;
        const own = EFFECT_OF.get(text) ?? 'destructive';
        sent.add(own);
        expect(rank(effect), `${text} on ${server}`).toBeGreaterThanOrEqual(rank(own));
        const how = { readOnly: true, timeoutMs: 1, engine: server as 'mysql' };
        expect(renderAction(body, {}, how).ok, `${text} on ${server} as a read`).toBe(
          own === 'read',
        );
      }
      if (sent.size > 1) differing += 1;
    }),
    draws(1500),
  );
  expect(valid).toBeGreaterThan(300);
  expect(differing).toBeGreaterThan(50);
});

test('the statement of a login probe is judged for every server behind its URL', () => {
  const probe = (url: string, statement: string) =>
    appliedTo(`- { id: it, probe: { login: { url: "${url}", statement: ${statement} } } }`)
      .diagnostics.filter(({ severity }) => severity === 'error')
      .map(({ code }) => code);
  for (const url of ['postgres://h/d', 'mysql://h/d', 'mariadb://h/d', '${{ inputs.url }}']) {
    expect(probe(url, 'SELECT 1')).toEqual([]);
    expect(probe(url, 'DROP TABLE t')).toEqual(['effect-not-read']);
  }
  // Nothing for PostgreSQL, and code for the others.
  expect(probe('postgres://h/d', '\'SELECT 1 /*! INTO OUTFILE "/tmp/x" */\'')).toEqual([]);
  expect(probe('${{ inputs.url }}', '\'SELECT 1 /*! INTO OUTFILE "/tmp/x" */\'')).toEqual([
    'effect-not-read',
  ]);
});

test.each(['PAUSE', 'SET max_client_conn = 1', 'KILL shop', 'SHUTDOWN', 'SUSPEND'])(
  'what may reach the console of PgBouncer is no read where the engine is unknown: %s',
  (sql) => {
    const applied = appliedTo(`- { id: it, sql: ${sql} }`, 'db: { database: "${{ inputs.url }}" }');
    const [first] = applied.runbook.steps;
    expect(first?.does).not.toMatchObject({ effect: 'read' });
  },
);

test.each([
  ['SHOW FDS', false],
  ['SHOW POOLS', true],
])(
  'an environment that makes a target a console runs there only its own reads: %s',
  (sql, runs) => {
    const applied = appliedTo(`- { id: it, sql: ${sql} }`, 'db: { database: "${{ inputs.url }}" }');
    const { body } = actionOf(applied.runbook, 'it');
    const how = { readOnly: true, timeoutMs: 1, engine: 'pgbouncer' } as const;
    expect(renderAction(body, {}, how).ok).toBe(runs);
  },
);
