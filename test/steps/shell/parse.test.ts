import { describe, expect, test } from 'vitest';
import { runScript } from '../../support/run-script.ts';

describe('standard output parsed as JSON', () => {
  test.each([
    ['echo \'{"a": [1, 2.5, null]}\'', { a: [1, 2.5, null] }],
    ['printf "  [1]\\n\\n"', [1]],
    ['echo 12', 12],
    ['echo null', null],
  ])('is a value: %s', async (script, json) => {
    expect(await runScript(script, { parse: 'json' })).toMatchObject({
      status: 'succeeded',
      result: { json, exit_code: 0 },
    });
  });

  test.each([
    ['echo hello', 'line 1, column 1: unexpected "h"'],
    ['printf \'{\\n  "a": 1,\\n}\\n\'', 'line 3, column 1: unexpected "}"'],
    ['echo \'{"a": 1\'', 'line 2, column 1: the text ends too early'],
    ['echo \'{"a": 01}\'', 'line 1, column 7: unexpected "0"'],
    ['echo \'{"a" 1}\'', 'line 1, column 6: unexpected "1"'],
    ['printf "[1] [2]"', 'line 1, column 5: unexpected "["'],
    ["printf '[1}'", 'line 1, column 3: unexpected "}"'],
    ['printf \'["a\\tb", tru]\'', 'line 1, column 2: unexpected "\\""'],
    ['printf \'["é😀", tru]\'', 'line 1, column 9: unexpected "t"'],
  ])('fails the step where it is none, and says where: %s', async (script, place) => {
    const outcome = await runScript(script, { parse: 'json', readOnly: false });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { kind: 'unexpected', message: `the standard output is not JSON: ${place}` },
    });
    expect(outcome.result?.stdout).not.toBe('');
    expect(outcome.result).not.toHaveProperty('json');
  });

  test('fails the step where there is nothing', async () => {
    expect(await runScript('true', { parse: 'json' })).toMatchObject({
      error: { kind: 'unexpected', message: 'the script printed nothing where JSON was expected' },
    });
  });

  test('may be longer than what the result keeps of it', async () => {
    const outcome = await runScript('echo "[$(seq -s, 1 100000)]"', { parse: 'json' });
    expect(outcome.status).toBe('succeeded');
    expect(outcome.result?.json).toHaveLength(100_000);
    expect(outcome.result?.stdout).toMatch(/bytes left out/);
  });

  test('is no part of a text that was too long to keep', async () => {
    const outcome = await runScript('echo "[$(seq -s, 1 200000)]"', { parse: 'json' });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { kind: 'unexpected', message: expect.stringMatching(/more than can be parsed/) },
    });
    expect(outcome.result?.stdout).toMatch(/^\[1,2,3/);
  });

  test('is not looked at when the script has failed', async () => {
    const outcome = await runScript('echo "{}"; exit 3', { parse: 'json' });
    expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'exit', code: '3' } });
  });
});

describe('standard output parsed as lines', () => {
  test.each([
    ['seq 3', ['1', '2', '3']],
    ['printf "a\\r\\n\\n b "', ['a', '', ' b ']],
    ['true', []],
    ['echo', ['']],
  ])('is a list without line ends: %s', async (script, lines) => {
    expect(await runScript(script, { parse: 'lines' })).toMatchObject({
      status: 'succeeded',
      result: { lines },
    });
  });

  test('is never only some of them', async () => {
    const outcome = await runScript('seq 1 200000', { parse: 'lines' });
    expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'unexpected' } });
  });
});
