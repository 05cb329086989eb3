import { describe, expect, test } from 'vitest';
import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import { runAlert } from '../fixtures/alert-files.ts';
import { HOSTILE, hostileRun } from '../fixtures/hostile-run.ts';
import { atGate, atSecondStart, resolved, terminating } from '../fixtures/pool-exhausted-log.ts';
import {
  atChoice,
  atKeyGate,
  atManual,
  atQuestion,
  atSecret,
  atSecretInput,
} from '../fixtures/question-log.ts';
import { scriptedRun } from '../fixtures/scripted-run.ts';
import { atDecision, atFailure, atUnknown, gateRefused } from '../fixtures/trouble-log.ts';
import { VIEWER } from '../support/memory-access.ts';
import { servedWeb, shownRun, textOf } from '../support/served-web.ts';

describe('a run', () => {
  test('shows its gate with the statement, the rows, their age, the phrase and the digest', async () => {
    const { page } = await shownRun(atGate);
    const text = textOf(page);
    expect(text).toContain('Needs confirmation');
    expect(text).toContain('SELECT pid, pg_terminate_backend(pid) AS ended');
    expect(text).toContain('$1 = {48120,48127');
    expect(text).toContain('11 sessions to terminate');
    expect(text).toContain('good for 30 s');
    expect(text).toContain('in all rows: usename shop · application_name shop-web · state idle');
    expect(text).toContain('10.0.7.30');
    expect(text).toContain('Warning: Their clients get 57P01 and must reconnect.');
    expect(text).toContain('Cannot be undone: Clients reconnect by themselves.');
    expect(text).toContain('Digest 9b1e');
    expect(page).toContain('data-phrase="shop"');
    expect(page).toMatch(/data-age="\d+" data-ago data-fresh="30"/);
    expect(page).toContain('name="at_seq" value="');
  });

  test('says first what was found and what is asked, and the risk before the statement', async () => {
    const can = ['confirm', 'decline', 'skip', 'abort'] as const;
    const asked = { type: 'operator.awaited', step: 'terminate_idle', for: 'gate', can } as const;
    const { page } = await shownRun(atGate.add(asked));
    const lead = textOf(/<div id="lead" data-region>(.*?)<\/div>/s.exec(page)?.[1] ?? '');
    expect(lead.trim()).toBe(
      '11 sessions of shop-web have been idle for up to 48 minutes. End sessions that have been idle too long? DESTRUCTIVE on db · postgres app@10.0.3.7:5432/shop.',
    );
    const text = textOf(page.slice(page.indexOf('<section id="gate"')));
    const order = [
      'Warning: Their clients',
      'Cannot be undone: Clients',
      'What will run',
      '11 sessions to terminate',
      'To run it, type',
      'Confirm and run',
      'Decline …',
      'More: skip',
      'Skip …',
    ].map((part) => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect((await shownRun(resolved)).page).not.toContain('class="lead"');
    for (const [log, says] of [
      [atUnknown, 'Outcome unknown: End sessions that have been idle too long'],
      [atQuestion, "Needs an answer: Is it the application's own pool?"],
      [atFailure, 'Step failed: Who holds the connections?'],
    ] as const)
      expect(textOf((await shownRun(log)).page)).toContain(`${says} High`);
  });

  test('has the time and the duration of each step in its timeline', async () => {
    const text = textOf((await shownRun(atGate)).page);
    expect(text).toMatch(/holders \) done · 03:12:06 · 9\.4 s/);
    expect(text).toMatch(/terminate_idle \) reached · 03:12:\d\d (?!·)/);
  });

  test('lists many rows of a gate in groups, and each of them in a fold', async () => {
    const gate = atGate.events.map(({ event }) => event).find(({ type }) => type === 'gate.opened');
    if (gate?.type !== 'gate.opened' || gate.preview === undefined) throw new Error('no gate');
    const rows = Array.from({ length: 40 }, (_, at) => ({
      pid: 4_000 + at,
      state: at < 3 ? 'active' : 'idle',
      database: 'shop',
    }));
    const preview = { ...gate.preview, columns: ['pid', 'state', 'database'], rows };
    const { page } = await shownRun(
      atGate.add(
        { ...gate, preview },
        { type: 'operator.awaited', step: gate.step, for: 'gate', can: ['confirm'] },
      ),
    );
    const text = textOf(page);
    expect(text).toContain('in all rows: database shop');
    expect(text).toMatch(/a 3 4000 … active b 37 4003 … idle/);
    expect(text).toMatch(/Each of the 40 rows.*4039 idle shop/);
  });

  test('names the other run at the same change in the region that a page updates', async () => {
    const run = {
      ...{ run: '20261123-1701-pool-exhausted-k3f9', runbook: 'pool-exhausted', title: 'End them' },
      ...{ operator: 'kim', host: 'desk', since: '2026-11-23T17:01:22.000Z' },
      ...{ same: true, atWork: true },
    };
    const told = { type: 'gate.others', step: 'terminate_idle', runs: [run] } as const;
    const { page } = await shownRun(atGate.add(1_000, told));
    const region = /<div id="other-runs" data-region role="status">(.*?)<\/div>/s.exec(page)?.[1];
    expect(textOf(region ?? '')).toContain('kim@desk runs the same change right now in run');
  });

  test('says at the gate of a final step how the run has ended', async () => {
    const gate = atGate.events.map(({ event }) => event).find(({ type }) => type === 'gate.opened');
    const again = { ...gate, ended: 'aborted' } as RunEvent;
    expect(textOf((await shownRun(atGate.add(1_000, again))).page)).toContain(
      'the run was aborted',
    );
  });

  test('shows its findings with their steps, and where each step stands', async () => {
    const text = textOf((await shownRun(atGate)).page);
    expect(text).toContain('17 of 17 usable connections are taken. How full is the server?');
    expect(text).toContain('Who holds the connections? done');
  });

  test('shows rows that were too old as the reason why nothing ran', async () => {
    const text = textOf((await shownRun(gateRefused)).page);
    expect(text).toContain('Not confirmed: the rows were 41 s old. Nothing has run.');
    expect(text).toContain('too old');
  });

  test('says which session of a lost change was ended, and which may still be at work', async () => {
    const cleared = [
      { target: 'db', session: 71, state: 'active', ms: 5_000 },
      { target: 'db', session: 72, state: 'active', left: 'permission denied' },
    ];
    const events = atUnknown.events.map((record) =>
      record.event.type === 'run.resumed'
        ? { ...record, event: { ...record.event, cleared } }
        : record,
    );
    const text = textOf((await shownRun({ ...atUnknown, events })).page);
    expect(text).toContain('ended session 71 on db (active for 5 s)');
    expect(text).toContain('session 72 on db may still be at work: permission denied');
    expect(text).not.toContain('Session 72 on db was active');
  });

  test.each([
    ['a question', atQuestion, 'Which version was deployed last?', 'name="value" required'],
    ['a choice', atChoice, 'all checked out', 'type="radio" name="value"'],
    ['a manual step', atManual, 'Wait until every pod is ready.', 'value="not-done"'],
    ['a failure', atFailure, 'canceling statement due to statement timeout', 'value="retry"'],
    ['a decision', atDecision, 'could not be evaluated', 'name="clause"'],
    ['an unknown outcome', atUnknown, 'ben resumed the run on', 'value="recheck"'],
    ['a gate of one key', atKeyGate, 'What will run', 'id="confirm"'],
    ['a stop before a step', atSecondStart, 'What will run on', 'value="continue"'],
  ])('shows %s with its answers', async (_, log, says, field) => {
    const { page } = await shownRun(log);
    expect(textOf(page)).toContain(says);
    expect(page).toContain(field);
  });

  test('asks about an unknown outcome what its check leads to', async () => {
    const [last] = atUnknown.events.slice(-1);
    const why = { kind: 'unknown', part: 'action', check: 'passed' } as const;
    const event = { ...last?.event, why } as RunEvent;
    const events = [...atUnknown.events.slice(0, -1), { ...last, event } as RecordedEvent];
    expect(textOf((await shownRun({ ...atUnknown, events })).page)).toContain(
      'Its check says that it took effect. Continue?',
    );
  });

  test('shows its alert with where it is, its pages, and that it is over, also at the gate', async () => {
    const fires = { type: 'run.alerted', ...runAlert() } as const;
    const { page } = await shownRun(atGate.add(fires));
    expect(textOf(page)).toContain('Pool of db-7 is exhausted db-7:9187 Firing since');
    expect(page).toContain('href="https://prom.example/g"');
    expect(page).toContain('href="https://wiki.example/p"');
    const links = [{ name: 'Odd', url: 'javascript:alert(1)' }];
    expect((await shownRun(atGate.add({ ...fires, links }))).page).not.toContain('javascript:');
    expect(textOf(page)).not.toContain('Is this change still needed?');
    const over = await shownRun(atGate.add(fires, { ...fires, status: 'resolved' }));
    const text = textOf(over.page);
    expect(text).toContain('db-7:9187 Resolved at');
    expect(text).toContain('Resolved: The alert was resolved at');
    expect(text).toContain('“Pool of db-7 is exhausted” was resolved');
  });

  test('offers no field for a secret', async () => {
    const { page } = await shownRun(atSecret);
    expect(textOf(page)).toContain('Secrets are not entered on this page.');
    expect(page).not.toContain('id="answer"');
  });

  test('goes on without a secret input that nobody can enter there', async () => {
    const { page } = await shownRun(atSecretInput);
    expect(textOf(page)).toContain('Give admin_url to the environment of the worker');
    expect(page).toContain('<input type="hidden" name="value" value="">');
    expect(page).not.toContain('id="answer"');
  });

  test('that runs has a place for its output; one that is over has no question', async () => {
    const { page: running } = await shownRun(terminating);
    expect(running).toContain('<pre data-step="terminate_idle" hidden>');
    expect(running).toContain('Stop at the next safe point');
    expect(textOf(running)).not.toContain('What was changed');
    expect(textOf(running)).toContain('( terminate_idle ) running');
    const { page } = await shownRun(resolved);
    expect(textOf(page)).toContain('Resolved. 11 idle sessions of shop-web were ended');
    expect(textOf(page)).toContain('What was changed End sessions that have been idle too long');
    expect(page).toContain('data-over');
    expect(page).not.toContain('/intents');
  });

  test('that is over and changed nothing says so', async () => {
    const over = atGate.add({ type: 'run.finished', outcome: 'escalated', summary: 'Ask her.' });
    expect(textOf((await shownRun(over)).page)).toContain('What was changed Nothing.');
  });

  test('is shown to a viewer without a form, and says why', async () => {
    const web = servedWeb();
    web.put('k3f9', atGate);
    web.access.granted.prod = VIEWER;
    const headers = await web.signIn();
    const page = await (await web.app.request('/r/k3f9', { headers })).text();
    expect(page).not.toContain('/intents');
    expect(textOf(page)).toContain('You may only watch in this environment.');
  });

  test('of an environment that somebody may not see does not exist', async () => {
    const web = servedWeb();
    web.put('k3f9', atGate);
    delete web.access.granted.prod;
    const headers = await web.signIn();
    for (const path of ['/r/k3f9', '/r/k3f9/record', '/api/runs/k3f9', '/api/runs/k3f9/stream'])
      expect((await web.app.request(path, { headers })).status, path).toBe(404);
    expect(textOf(await (await web.app.request('/', { headers })).text())).toContain(
      'No run matches.',
    );
  });

  test('that is opened is looked at, which wakes it', async () => {
    const { held } = await shownRun(atGate);
    expect(held.intents.map(({ intent }) => intent.type)).toEqual(['look']);
  });

  test('that is queued says so', async () => {
    const web = servedWeb();
    web.runs.queue({
      ...{ id: 'q1', runbook: 'dns', title: 'Names do not resolve', environment: 'prod' },
      ...{ severity: 'high', mode: 'live', startedBy: 'alert', status: 'queued' },
      ...{
        trouble: 'no worker knows the runbook',
        startedAt: new Date().toISOString(),
        changedAt: new Date().toISOString(),
      },
    });
    const headers = await web.signIn();
    const text = textOf(await (await web.app.request('/r/q1', { headers })).text());
    expect(text).toContain('No worker has started it yet.');
    expect(text).toContain('no worker knows the runbook');
  });

  test.each([
    [
      { ahead: 0, workers: 1, working: 1, places: 1 },
      'It is next: 1 worker for eu works on 1 of at most 1 run at a time.',
    ],
    [
      { ahead: 3, workers: 2, working: 9, places: 9 },
      '3 runs will be started before it: 2 workers for eu work on 9 of at most 9 runs at a time.',
    ],
  ])('that is queued says why: %o', async (place, why) => {
    const web = servedWeb({ placeInQueue: async () => ({ label: 'eu', ...place }) });
    const at = new Date().toISOString();
    web.runs.queue({
      ...{ id: 'q1', runbook: 'dns', title: 'Names do not resolve', environment: 'prod' },
      ...{ severity: 'high', mode: 'live', startedBy: 'alert', status: 'queued' },
      ...{ startedAt: at, changedAt: at },
    });
    const headers = await web.signIn();
    const text = textOf(await (await web.app.request('/r/q1', { headers })).text());
    expect(text).toContain(why);
  });

  test('has a record, which is the transcript with a policy of its own', async () => {
    const { app, headers } = await shownRun(resolved);
    const reply = await app.request('/r/k3f9/record', { headers });
    const policy = reply.headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-.*frame-ancestors 'none'$/);
    expect(await reply.text()).toContain('11 idle sessions of shop-web were ended');
  });
});

test.each(HOSTILE)('%j is text on every page of a run', async (data) => {
  for (const log of [atGate, atDecision, atUnknown, atChoice]) {
    const web = servedWeb();
    const events = hostileRun(data, log);
    web.runs.put(scriptedRun({ events, add: () => log }), events, { id: 'k3f9', title: data });
    const headers = await web.signIn();
    for (const path of ['/', '/r/k3f9']) {
      const page = await (await web.app.request(path, { headers })).text();
      expect(page).not.toMatch(
        /<img|alert\(1\)<\/script>|<h1>x|<!-- swallow|href="javascript|\u202e/,
      );
      expect(page.match(/<script/g)).toHaveLength(1);
      expect(page.match(/<h1>/g)).toHaveLength(1);
    }
  }
});

describe('the list', () => {
  test('has the runs that wait first, and filters', async () => {
    const web = servedWeb();
    web.put('a1', resolved);
    web.put('b2', atGate);
    const headers = await web.signIn();
    const page = await (await web.app.request('/', { headers })).text();
    expect(page.indexOf('/r/b2')).toBeLessThan(page.indexOf('/r/a1'));
    expect(page).toContain('<title>Runs, 1 waiting · runbook</title>');
    const finished = await (await web.app.request('/?state=finished', { headers })).text();
    expect(finished).toContain('/r/a1');
    expect(finished).not.toContain('/r/b2');
  });

  test('goes on with older runs', async () => {
    const web = servedWeb();
    for (let index = 0; index < 51; index += 1) web.put(`r${100 + index}`, resolved);
    const headers = await web.signIn();
    const page = await (await web.app.request('/?state=finished', { headers })).text();
    expect(page).toContain('href="/?state=finished&#38;before=r101"');
    const older = await (await web.app.request('/?before=r101', { headers })).text();
    expect(older.match(/href="\/r\//g)).toHaveLength(1);
  });
});
