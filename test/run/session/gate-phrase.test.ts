import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { resumeRun } from '#run/resume.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { readRun } from '#run/store/read-run.ts';
import { phraseProblem, phraseToType } from '#runbook/model/confirm-phrase.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { harmless } from '#text/harmless.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { sent, talk } from '../../fixtures/plain-talk.ts';
import * as story from '../../fixtures/pool-exhausted-log.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { begun } from '../../support/begun.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const never = () => false;
const names = { target: 'db', step: 'drop' };

describe('a phrase that cannot be asked for is replaced', () => {
  test.each([
    ['empty', ''],
    ['blank', ' \t '],
    ['masked', 'shop-‹secret:url›'],
    ['the key that declines', 'x'],
    ['the key that leaves', 'q'],
    ['the key that confirms a change', 'y'],
    ['the key of a command', '!'],
    ['a key in capitals', 'N'],
    ['a single picture', '🔥'],
    ['a word that says no', 'no'],
    ['a word that says no, in capitals', 'Abort'],
    ['an escape sequence', 'safe\u001b[2J'],
    ['a bell', 'shop\u0007'],
    ['a bidirectional override', 'shop\u202epohs'],
    ['a soft hyphen', 'sh\u00adop'],
    ['a zero-width space', 'sh\u200bop'],
    ['a tag character', 'shop\u{E0041}'],
    ['a no-break space', 'the\u00a0shop'],
    ['a line break', 'shop\nshop'],
    ['half a character', 'shop\ud800'],
    ['too much to type', 'shop'.repeat(40)],
  ])('%s', (_, phrase) => {
    expect(phraseProblem(phrase)).not.toBeUndefined();
    expect(phraseToType(phrase, names, never)).toBe('db');
  });

  test.each(['shop', 'SELECT', '10.0.0.1', 'café', 'prod 2', '本番'])('%s stays', (phrase) => {
    expect(phraseToType(` ${phrase} `, names, never)).toBe(phrase);
  });

  test('by the first of target, step and fixed words that is no secret and can be typed', () => {
    const chain = ['shop', 'db', 'drop', 'run drop', 'run it', 'go ahead'];
    for (const [index, expected] of chain.entries()) {
      const secrets = chain.slice(0, index);
      expect(phraseToType('shop', names, (text) => secrets.includes(text))).toBe(expected);
    }
    expect(phraseToType('x', { target: 'y', step: 'drop' }, never)).toBe('drop');
    expect(phraseToType('x', { target: undefined, step: 'n' }, never)).toBe('run n');
    expect(phraseToType('x', names, () => true)).toBe('go ahead');
  });
});

const HEAD = `
name: drop
title: Drop
summary: Drops.
inputs: { database: {}, password: { secret: true } }
`;

function stepAsking(phrase: string): string {
  return `${HEAD}steps:
  - { id: drop_it, effect: destructive, shell: echo dropped, confirm: { phrase: ${phrase} } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
}

test.each([
  ['x', true],
  ["' '", true],
  ['No', true],
  ['"sh\\u00adop"', true],
  ['shop', false],
  ["'${{ inputs.database }}'", false],
])('a literal phrase %s is warned of at load: %s', (phrase, isWarned) => {
  const result = parseRunbook({ file: 'drop', text: stepAsking(phrase) });
  expect(result.ok).toBe(true);
  const warnings = result.ok ? result.warnings : [];
  expect(warnings.some(({ code }) => code === 'phrase-unusable')).toBe(isWarned);
  const steps = result.ok ? result.value.steps.map(({ id }) => id) : [];
  expect(steps).toEqual(['drop_it', 'done']);
});

const TWO = `${HEAD}steps:
  - { id: drop_it, effect: destructive, shell: echo dropped, confirm: { phrase: shopshop } }
  - { id: drop_that, effect: destructive, shell: echo dropped, confirm: { phrase: shopshop } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

describe('a phrase that holds a secret', () => {
  test('is replaced and opens the gate, also where another secret is known by the time of a resume', async () => {
    const store = runStore(join(temporaryFolder(), 'state'));
    const runbook = parsed(TWO, 'drop');
    const options = {
      store,
      surroundings,
      given: { database: 'shop', password: 'shopshop' },
      attended: true,
    };
    const source = { file: 'drop', text: TWO };
    const run = await startRun(runbook, { ...options, source, auto: true });
    await begun(run);
    const { digest = '', ...gate } = run.session.view().gate ?? {};
    expect(gate).toMatchObject({ level: 'type', phrase: 'local' });
    send(run.session, { type: 'confirm', digest, phrase: 'local' });
    await vi.waitFor(() => expect(run.session.view().gate).toMatchObject({ step: 'drop_that' }));
    send(run.session, { type: 'leave' });
    await run.session.ended;
    await run.close();
    const second = await resumeRun(runbook, await readRun(await store.open(run.id)), {
      ...options,
      given: { password: 'another-one' },
      answers: {},
    });
    await begun(second);
    expect(second.session.view().gate).toMatchObject({ step: 'drop_that', phrase: 'shopshop' });
    send(second.session, { type: 'leave' });
    await second.session.ended;
    await second.close();
  });
});

function gateAsking(phrase: string) {
  const { events } = story.atGate;
  const changed = events.map((record) =>
    record.event.type === 'gate.opened'
      ? { ...record, event: { ...record.event, phrase } }
      : record,
  );
  return { events: changed, add: story.atGate.add };
}

test('the prompt of plain mode sends no control or invisible character to the terminal', async () => {
  const log = gateAsking(
    'safe\u001b[2J\u001b[1;1HNOTHING HERE\u001b]0;pwn\u0007 \u202eabc sh\u00adop \u{E0041}',
  );
  const talking = talk(log);
  await vi.waitFor(() => expect(talking.shown()).toContain('NOTHING HERE'));
  const prompt = talking.shown().slice(talking.shown().lastIndexOf('Type safe'));
  expect(prompt).toContain('safe␛[2J␛[1;1HNOTHING HERE␛]0;pwn␇');
  const [asked = ''] = prompt.split('to run it');
  expect(asked).not.toMatch(/\p{Control}|\p{Default_Ignorable_Code_Point}/u);
  await talking.answer('Type safe', 'x');
  await talking.answer('Why not?', 'no');
  await sent(talking, log);
});

test.each(['x', 'd', 'n', 'o', '!'])(
  'a record that asks for the key %s runs nothing',
  async (key) => {
    const log = gateAsking(key);
    const talking = talk(log);
    await talking.answer('to run it', key);
    const next = { x: 'Why not?', n: 'note:', '!': 'on db' }[key] ?? 'to run it';
    await talking.answer(next, key === 'x' ? 'no' : '');
    if (key !== 'x') {
      await talking.answer('to run it', 'x');
      await talking.answer('Why not?', 'no');
    }
    expect(await sent(talking, log)).toEqual([{ type: 'decline', reason: 'no' }]);
  },
);

test.each([
  ['a soft hyphen', 'x\u00ady'],
  ['a tag character', 'x\u{E0041}y'],
  ['a zero-width joiner between letters', 'x\u200dy'],
  ['a variation selector behind a letter', 'x\ufe0fy'],
  ['a filler', 'x\u3164y'],
  ['an empty braille pattern', 'x\u2800y'],
])('%s is seen where it is shown', (_, text) => {
  expect(harmless(text)).toBe('x\ufffdy');
});

test.each(['👨‍👩‍👧', '⚠️', '1️⃣', '👍🏽‍💻', '🏳️‍🌈', 'café'])('%s is left as it is', (text) => {
  expect(harmless(text)).toBe(text);
});
