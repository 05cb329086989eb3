import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { readSource } from '#cli/library/find-runbook.ts';
import { mutated, PIECES, randomFrom } from '../../bin/fuzz/mutations.ts';
import { survives } from '../fixtures/survives.ts';
import { draws, fc } from '../support/properties.ts';

const shipped = readSource('runbooks/pool-exhausted.yaml').text;

/** A runbook that uses every key there is. */
const everything = readFileSync(new URL('../fixtures/every-key.yaml', import.meta.url), 'utf8');

const piece = fc.constantFrom(...PIECES);

describe('whatever text it is given, the parser says what is wrong and where', () => {
  test.each([
    ['a shipped runbook', shipped],
    ['a runbook with every key', everything],
  ])('%s with changed letters, words, lines and keys', (_, text) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        survives(mutated(text, [shipped, everything], randomFrom(seed)));
      }),
      draws(150),
    );
  });

  test('a mapping of any keys and values in place of a part', () => {
    const part = fc.constantFrom(
      'inputs',
      'targets',
      'symptoms',
      'steps',
      'severity',
      'related',
      'prerequisites',
    );
    fc.assert(
      fc.property(part, fc.jsonValue({ maxDepth: 4 }), (name, value) => {
        const steps = [{ id: 'one', wait: '1s' }];
        survives(JSON.stringify({ name: 'x', title: 'X', summary: 'X', steps, [name]: value }));
      }),
      draws(100),
    );
  });

  test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    [
      'a statement',
      { sql: 'SELECT 1', preview: { sql: 'SELECT 2' }, verify: { sql: 'SELECT 3', until: 'true' } },
      [
        'sql',
        'shell',
        'preview',
        'confirm',
        'verify',
        'expect',
        'timeout',
        'undo',
        'effect',
        'retry',
      ],
    ],
    [
      'a probe',
      { probe: { tcp: { host: 'x', port: 1 } } },
      ['probe', 'for_each', 'as', 'concurrency'],
    ],
    [
      'a script',
      { shell: 'ls', for_each: '["a"]' },
      ['env', 'parse', 'interactive', 'ok_exit', 'as'],
    ],
    ['a wait', { wait: { until: 'true', sql: 'SELECT 1', within: '1s' } }, ['wait', 'on', 'next']],
    [
      'a runbook',
      { runbook: 'other', with: { queue: 'x' } },
      ['runbook', 'with', 'for_each', 'as'],
    ],
    ['branches', { parallel: [{ id: 'a', sql: 'SELECT 1' }] }, ['parallel', 'if', 'next']],
    [
      'a question',
      { ask: { question: 'x', choices: ['a'] } },
      ['ask', 'finish', 'id', 'max_visits', 'phase'],
    ],
  ])('%s with any value in place of a part', (_, step, keys) => {
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 }), (name, value) => {
        const targets = { db: { database: 'postgres://localhost/x' } };
        const steps = [{ id: 'one', ...step, [name]: value }];
        survives(JSON.stringify({ name: 'x', title: 'X', summary: 'X', targets, steps }));
      }),
      draws(60),
    );
  });

  test('any text at all', () => {
    const text = fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 60 });
    fc.assert(
      fc.property(text, (pieces) => {
        survives(pieces.join(''));
      }),
      draws(120),
    );
  });

  test('any expression', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'result.row.x',
        'r',
        'has(',
        'all(',
        '(',
        ')',
        '[',
        ']',
        '&&',
        '||',
        '!',
        '?',
      ),
      fc.constantFrom(
        ':',
        '.',
        ',',
        '==',
        '>',
        'in',
        '+',
        '/',
        '%',
        '1',
        '0',
        '1.5',
        '"a"',
        "'",
        '{',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 15 }), (words) => {
        survives(
          JSON.stringify({
            name: 'x',
            title: 'X',
            summary: 'X',
            steps: [{ id: 'one', if: words.join(' '), wait: '1s' }],
          }),
        );
      }),
      draws(120),
    );
  });
});
