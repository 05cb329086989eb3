import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import type { Lab } from '#lab/setup/lab.ts';
import { because } from '../support/because.ts';
import { byHand, solveWork } from './work-faults.ts';

const missing = await missingEngine('pgbouncer');

/** What the console is asked at the same time. */
const CONSOLE = ['databases', 'servers', 'pooled', 'settings'];

describe.skipIf(missing !== undefined)(`on PgBouncer${because(missing)}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab('pgbouncer');
  });
  afterAll(() => lab?.close());

  test('forgotten transactions that hold every server connection are ended', async () => {
    const solved = await solveWork(lab, 'pooler-saturated', { end_forgotten: { confirm: true } });
    expect(solved.path).toEqual([
      ...[
        'through',
        'console',
        ...CONSOLE,
        'holders',
        'end_forgotten',
        'check_through',
        'resolved',
      ],
    ]);
    expect(solved.findings[2]).toMatch(/^2 of 2 server connections have been idle in transaction/);
    expect(solved.after.facts).toMatchObject({ holding: 0 });
  });

  test('a paused pooler goes on', async () => {
    const solved = await solveWork(lab, 'pooler-paused', { resume: { confirm: true } });
    expect(solved.path).toEqual([
      'through',
      'console',
      ...CONSOLE,
      'resume',
      'check_through',
      'resolved',
    ]);
  });

  test('a pooler that takes no more clients takes more, and no client is ended', async () => {
    const solved = await solveWork(lab, 'pooler-client-limit', { clients: { confirm: true } });
    expect(solved.path).toEqual([
      'through',
      'console',
      ...CONSOLE,
      'clients',
      'check_through',
      'resolved',
    ]);
    expect(solved.findings[1]).toBe('The pooler has 10 clients, and max_client_conn is 10.');
  });

  test('prepared statements that get lost are turned off in the application', async () => {
    const solved = await solveWork(lab, 'pooler-prepared-statements', (fault) => ({
      symptom: { answer: 'a prepared statement does not exist or already exists' },
      no_statements: {
        first: byHand(fault, 'turn-off-prepared-statements'),
        done: 'deployed without them',
      },
      errors_gone: { answer: 'yes' },
    }));
    expect(solved.path).toEqual([
      ...['through', 'console', ...CONSOLE, 'symptom', 'tracks', 'no_statements', 'errors_gone'],
      ...['check_through', 'resolved'],
    ]);
  });

  test('a server that is down behind the pooler is started, and the pooler finds it', async () => {
    const solved = await solveWork(lab, 'pooler-backend-down', (fault) => ({
      start_server: { first: byHand(fault, 'start-database'), done: 'it runs again' },
    }));
    expect(solved.path).toEqual([
      ...['through', 'console', ...CONSOLE, 'behind', 'start_server', 'check_through', 'resolved'],
    ]);
    expect(solved.findings[2]).toMatch(/^Nothing listens behind the pooler/);
  });
});
