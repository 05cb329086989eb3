import { expect, test } from 'vitest';
import { refuseForTeam, unknownRunbook } from '#team/work/allowed.ts';
import { parsed } from '../../fixtures/compiled.ts';

const runbook = (steps: string, inputs = '', others: Readonly<Record<string, string>> = {}) =>
  parsed(
    `name: stuck\ntitle: It is stuck\nsummary: It is stuck.\n${inputs}steps:\n${steps}\n`,
    'inline',
    others,
  );

const DONE = '  - { id: end, title: Done, finish: { outcome: resolved, summary: Done. } }';
const SECRET =
  'inputs:\n  token: { type: text, secret: true, required: false, description: A token }\n';

test('the value of a secret input is refused; other values, and a secret that nobody gives, are not', () => {
  const inputs = `${SECRET}  region: { type: text, required: false, description: A region }\n`;
  const one = runbook(DONE, inputs);
  expect(() => refuseForTeam(one, { token: 'hush' })).toThrow(
    expect.objectContaining({
      message: 'the input "token" is secret and must not leave its machine',
      hint: 'set it in the environment that the worker has',
    }),
  );
  expect(() => refuseForTeam(one, { region: 'eu' })).not.toThrow();
  expect(() => refuseForTeam(one, {})).not.toThrow();
});

test('a secret that somebody types is refused, also within a runbook that is opened', () => {
  const asks = `  - { id: type_it, title: Which?, ask: { question: Which token?, type: secret } }\n${DONE}`;
  expect(() => refuseForTeam(runbook(asks), {})).toThrow(
    'stuck: step "type_it" asks for a secret, which a team cannot',
  );
  const inner = `name: other\ntitle: It is another\nsummary: It is another.\nsteps:\n${asks}\n`;
  const outer = runbook(`  - { id: open, title: Open, runbook: other }\n${DONE}`, '', {
    other: inner,
  });
  expect(() => refuseForTeam(outer, {})).toThrow('other: step "type_it" asks for a secret');
});

test('a question for a secret input, or for what is no secret, is allowed', () => {
  const forInput = `  - { id: ask_it, title: Which?, ask: { question: Which token?, input: token } }\n${DONE}`;
  expect(() => refuseForTeam(runbook(forInput, SECRET), {})).not.toThrow();
  const number = `  - { id: ask_it, title: Which?, ask: { question: Which one?, type: number } }\n${DONE}`;
  expect(() => refuseForTeam(runbook(number), {})).not.toThrow();
});

test('a script for the terminal of an operator is refused, and one without it is not', () => {
  const opens = (more: string) =>
    runbook(`  - { id: look, title: Look, effect: change, ${more} }\n${DONE}`);
  expect(() => refuseForTeam(opens('shell: ls, interactive: true'), {})).toThrow(
    'stuck: step "look" needs the terminal of an operator',
  );
  expect(() => refuseForTeam(opens('shell: ls'), {})).not.toThrow();
  const undone = opens('shell: ls, interactive: true, undo: { effect: change, shell: ls }');
  expect(() => refuseForTeam(undone, {})).toThrow('step "look" needs the terminal');
});

test('a worker that does not know a text names it by the start of its digest', () => {
  expect(unknownRunbook('stuck', 'w1', '0123456789abcdef')).toMatchObject({
    message: 'worker w1 does not have this version of the runbook "stuck" (SHA-256 0123456789ab…)',
    hint: 'put its file into a runbook folder of the worker',
  });
});
