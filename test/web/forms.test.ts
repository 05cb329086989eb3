import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { atGate, atSecondStart, resolved } from '../fixtures/pool-exhausted-log.ts';
import { atQuestion, atSecret, atSecretInput } from '../fixtures/question-log.ts';
import { atDecision, atFailure, atUnknown } from '../fixtures/trouble-log.ts';
import { VIEWER } from '../support/memory-access.ts';
import { MARKING, servedWeb, shownRun, textOf, untilAsked } from '../support/served-web.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ASKING = `
name: inline
title: Questions
summary: Two questions without choices.
inputs: { idle_for: { type: duration, default: 10m } }
steps:
  - { id: which, ask: { question: Which one? } }
  - { id: shorter, ask: { question: 'A shorter limit, or nothing to keep it?', input: idle_for } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const LISTING = `
name: inline
title: Listing
summary: Lists two lines.
steps:
  - id: tell
    effect: change
    preview: { shell: 'printf "a\\nb\\n"' }
    shell: echo \${{ preview.lines }}
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

describe('without the script', () => {
  test('a question without choices takes a text, and one for an input also none', async () => {
    const web = servedWeb();
    const { id, session } = await web.start(ASKING, {});
    const headers = await web.signIn();
    const answer = async (field: string, value: string) => {
      await untilAsked(session, 'answer');
      const page = await (await web.app.request(`/r/${id}`, { headers })).text();
      expect(page).toContain(`<input type="text" id="answer" name="value"${field} autocomplete`);
      const at_seq = String(session.view().awaited?.seq);
      const sent = await web.post(`/r/${id}/intents`, { at_seq, intent: 'answer', value }, headers);
      expect(sent.status).toBe(303);
    };
    await answer(' required', 'the first');
    await answer('', '');
    await session.ended;
    expect(session.view().outcome).toBe('resolved');
  });

  test('the boxes of a gate leave rows out, and the page that follows shows the others', async () => {
    const web = servedWeb();
    const { id, session } = await web.start(LISTING, {});
    await untilAsked(session, 'gate');
    const headers = await web.signIn();
    const page = await (await web.app.request(`/r/${id}`, { headers })).text();
    expect(page).toContain('<input type="checkbox" name="row.2">');
    const at_seq = String(session.view().awaited?.seq);
    const { digest = '' } = session.view().gate ?? {};
    const fields = { at_seq, digest, intent: 'leave-out', 'row.2': 'on' };
    expect((await web.post(`/r/${id}/intents`, fields, headers)).status).toBe(303);
    await vi.waitFor(() => expect(session.view().gate?.leftOut).toEqual([{ line: 'b' }]));
    const after = await (await web.app.request(`/r/${id}`, { headers })).text();
    expect(textOf(after)).toContain('Left out: line b.');
    expect(session.view().gate?.preview?.rows).toEqual([{ line: 'a' }]);
  });

  test('a box takes back a row that is not needed', async () => {
    const web = servedWeb();
    const enough = LISTING.replace("shell: 'printf", "enough: 1, shell: 'printf");
    const { id, session } = await web.start(enough, {});
    await untilAsked(session, 'gate');
    const headers = await web.signIn();
    const page = await (await web.app.request(`/r/${id}`, { headers })).text();
    expect(textOf(page)).toContain('1 row is needed. Not needed: line b.');
    expect(page).toContain('<input type="checkbox" name="back.1">');
    const { digest = '' } = session.view().gate ?? {};
    const fields = { at_seq: String(session.view().awaited?.seq), digest, intent: 'leave-out' };
    expect(
      (await web.post(`/r/${id}/intents`, { ...fields, 'back.1': 'on' }, headers)).status,
    ).toBe(303);
    await vi.waitFor(() =>
      expect(session.view().gate?.preview?.rows).toEqual([{ line: 'a' }, { line: 'b' }]),
    );
  });

  test('a form confirms a gate of a real run, and the page that follows says so', async () => {
    const web = servedWeb();
    const folder = temporaryFolder();
    const { id, session, held, lines } = await web.start(MARKING, { folder });
    await untilAsked(session, 'gate');
    const headers = await web.signIn();
    const page = await (await web.app.request(`/r/${id}`, { headers })).text();
    const field = (name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
    const fields = { at_seq: field('at_seq'), digest: field('digest'), intent: 'confirm' };

    const wrong = await web.post(`/r/${id}/intents`, { ...fields, phrase: 'mark' }, headers);
    expect(wrong.status).toBe(303);
    const told = await (
      await web.app.request(wrong.headers.get('location') ?? '', { headers })
    ).text();
    expect(textOf(told)).toMatch(
      /Your answer of \d\d:\d\d:\d\d ?: Refused: that is not the phrase\. Nothing has run\./,
    );
    expect(existsSync(join(folder, 'mark'))).toBe(false);

    const at_seq = String(session.view().awaited?.seq);
    const right = await web.post(
      `/r/${id}/intents`,
      { ...fields, at_seq, phrase: 'mark it' },
      headers,
    );
    expect(right.status).toBe(303);
    await untilAsked(session, 'report');
    expect(readFileSync(join(folder, 'mark'), 'utf8')).toBe('marked\n');
    const after = await (
      await web.app.request(right.headers.get('location') ?? '', { headers })
    ).text();
    expect(textOf(after)).toContain('Done: the run has taken it.');

    const again = await web.post(`/r/${id}/intents`, { ...fields, phrase: 'mark it' }, headers);
    expect(again.status).toBe(409);
    expect(textOf(await again.text())).toContain(
      'Too late: lee confirmed it. Your answer changed nothing.',
    );
    const answered = held.records.find(
      ({ event }) => event.type === 'gate.answered' && event.answer === 'confirmed',
    );
    expect(answered?.event).toMatchObject({ operator: 'lee', phrase: 'mark it' });

    const report = { at_seq: String(session.view().awaited?.seq), intent: 'not-done', said: ' ' };
    const empty = await web.post(`/r/${id}/intents`, report, headers);
    expect(textOf(await empty.text())).toContain('Say what prevented it.');
    await web.post(`/r/${id}/intents`, { ...report, intent: 'done', said: 'yes' }, headers);
    await session.ended;
    expect(session.view().outcome).toBe('resolved');
    expect(held.lines.map(({ line }) => line).join('')).toBe(lines.join(''));
  });

  test.each([
    ['continue', atSecondStart, {}, { type: 'continue' }],
    [
      'note',
      atGate,
      { said: 'Asked Mia.\r\nShe agrees.' },
      { type: 'note', text: 'Asked Mia.\nShe agrees.' },
    ],
    ['decline', atGate, { said: '' }, { type: 'decline', reason: '' }],
    ['refresh', atGate, {}, { type: 'refresh' }],
    ['answer', atQuestion, { value: '4.18' }, { type: 'answer', value: '4.18' }],
    ['answer', atSecretInput, { value: '' }, { type: 'answer', value: '' }],
    [
      'choose',
      atDecision,
      { clause: '', said: 'so' },
      { type: 'choose', clause: null, reason: 'so' },
    ],
    [
      'jump',
      atFailure,
      { step: 'capacity', said: 'why' },
      { type: 'jump', step: 'capacity', reason: 'why' },
    ],
    ['edit', atFailure, { 'input.idle_for': '5m' }, { type: 'edit', inputs: { idle_for: '5m' } }],
    ['recheck', atUnknown, {}, { type: 'recheck' }],
    ['skip', atFailure, { said: 'not now' }, { type: 'skip', reason: 'not now' }],
  ])('the form of %s sends its intent', async (intent, log, fields, sent) => {
    const { run, post, headers } = await shownRun(log);
    const at_seq = String(run.view().awaited?.seq);
    const reply = await post('/r/k3f9/intents', { intent, at_seq, ...fields }, headers);
    expect(reply.status).toBe(303);
    expect(run.sent).toEqual([sent]);
  });

  test.each([
    ['a choice that is none', atGate, { intent: 'explode' }, 422],
    ['a confirmation without a digest', atGate, { intent: 'confirm' }, 422],
    ['leaving', atGate, { intent: 'leave' }, 403],
    [
      'an answer to an earlier question',
      atQuestion,
      { intent: 'answer', value: 'x', at_seq: '1' },
      409,
    ],
    ['an answer to no question', atQuestion, { intent: 'answer', value: 'x', at_seq: '' }, 409],
    ['a secret', atSecret, { intent: 'answer', value: 'x' }, 422],
    ['the value of a secret input', atSecretInput, { intent: 'answer', value: 'x' }, 422],
    ['a secret input', atFailure, { intent: 'edit', 'input.database_url': 'x' }, 422],
    ['a skip without a reason', atFailure, { intent: 'skip', said: ' ' }, 422],
    ['anything for a run that is over', resolved, { intent: 'note', said: 'x' }, 409],
  ])('%s is refused', async (_, log, fields, status) => {
    const { run, post, headers } = await shownRun(log);
    const at_seq = String(run.view().awaited?.seq ?? 0);
    const reply = await post('/r/k3f9/intents', { at_seq, ...fields }, headers);
    expect(reply.status).toBe(status);
    expect(await reply.text()).toContain('Back to the run');
    expect(run.sent).toEqual([]);
  });

  test('a person without the right confirms nothing', async () => {
    const { run, post, headers, access } = await shownRun(atGate);
    access.granted.prod = VIEWER;
    const { seq } = run.view().awaited ?? {};
    const fields = {
      intent: 'confirm',
      at_seq: String(seq),
      digest: 'sha256:9b1e',
      phrase: 'shop',
    };
    expect((await post('/r/k3f9/intents', fields, headers)).status).toBe(403);
    expect(run.sent).toEqual([]);
  });

  test('an error of the store is told, reported, and shows nothing of itself', async () => {
    const { app, runs, headers, errors } = await shownRun(atGate);
    runs.record = async () => {
      throw new Error('password=secret');
    };
    const reply = await app.request('/r/k3f9', { headers });
    expect(reply.status).toBe(500);
    expect(await reply.text()).not.toContain('secret');
    expect(errors).toHaveLength(1);
  });
});
