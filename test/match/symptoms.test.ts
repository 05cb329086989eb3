import { expect, test } from 'vitest';
import { createClassifier } from '#match/classify.ts';
import { createAnchorFinder } from '#match/find-anchors.ts';
import { requiredLiteral } from '#match/symptoms.ts';
import { processorMs } from '../support/processor-time.ts';
import { fc } from '../support/properties.ts';

const symptoms = (...given: readonly ({ text: string } | { pattern: string })[]) =>
  createClassifier([{ runbook: 'own', symptoms: given }]);

test('a text that only a runbook knows is matched by that runbook', () => {
  const { classify } = symptoms({ text: 'Flux capacitor desynchronised' });
  expect(classify('WARN flux capacitor DESYNCHRONISED at 88 mph')).toMatchObject({
    category: 'none',
    runbook: 'own',
    symptomOf: ['own'],
  });
  expect(classify('WARN flux capacitor ready').runbook).toBeUndefined();
});

test('a pattern is matched as it is written', () => {
  const { classify } = symptoms({ pattern: 'shard \\d+ (lost|gone)' });
  expect(classify('shard 12 gone').runbook).toBe('own');
  expect(classify('shard twelve gone').runbook).toBeUndefined();
  expect(classify('Shard 12 gone').runbook).toBeUndefined();
});

test('of a known error a symptom adds a runbook and changes nothing', () => {
  const { classify } = symptoms({ text: 'too many clients' });
  expect(classify('FATAL: sorry, too many clients already')).toMatchObject({
    category: 'too-many-connections',
    runbook: 'too-many-connections',
    symptomOf: ['own'],
  });
});

test('a symptom of a runbook of a category needs a database, as general words do', () => {
  const refused = { runbook: 'refused', symptoms: [{ text: 'ECONNREFUSED' }] };
  const dns = { runbook: 'dns', symptoms: [{ pattern: 'getaddrinfo ENOTFOUND \\S+' }] };
  const { classify } = createClassifier([refused, dns]);
  expect(classify('connect ECONNREFUSED 10.0.0.5:6379').runbook).toBeUndefined();
  expect(classify('getaddrinfo ENOTFOUND api.example.com').runbook).toBeUndefined();
  expect(classify('connect ECONNREFUSED 10.0.0.5:5432').symptomOf).toEqual(['refused']);
});

test('a hopeless pattern does not make a long record slow', () => {
  const { classify } = symptoms({ pattern: '(a+)+$' });
  expect(processorMs(() => classify(`${'a'.repeat(20_000)}!`))).toBeLessThan(4_000);
});

test.each([
  ['QueuePool limit of size \\d+ overflow \\d+ reached', 'QueuePool limit of size '],
  ['shard\\s+(lost|gone)', undefined],
  ['shard\\s+(?:lost)', undefined],
  ['abc?defg', 'defg'],
  ['abcx*', 'abc'],
  ['abc+de', 'abc'],
  ['a{2,5}xyz', 'xyz'],
  ['[a-z]+ shard', ' shard'],
  ['(optional)?needed', 'needed'],
  ['a\\.b\\.c', 'a.b.c'],
  ['\\d+', undefined],
  ['.*', undefined],
])('what every match of %s has in it is %s', (pattern, literal) => {
  expect(requiredLiteral(pattern)).toBe(literal);
});

test('anchors are found wherever a plain search finds them', () => {
  const letter = fc.constantFrom('a', 'b', 'c', 'é', 'ж', '中', ' ');
  const word = fc.string({ unit: letter, minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 12 }),
      fc.string({ unit: letter, maxLength: 40 }),
      (anchors, text) => {
        const found = new Set<string>();
        createAnchorFinder(anchors).scan(text, (index, start) => found.add(`${index}@${start}`));
        const expected = anchors.flatMap((anchor, index) =>
          [...text].flatMap((_, start) =>
            text.startsWith(anchor, start) ? [`${index}@${start}`] : [],
          ),
        );
        expect([...found].toSorted()).toEqual(expected.toSorted());
      },
    ),
  );
});
