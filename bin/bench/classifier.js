import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClassifier } from '#match/classify.ts';
import { labelledLines } from '../../test/fixtures/match/labelled-lines.ts';
import { noiseLines } from '../../test/fixtures/match/noise-lines.ts';
import { wildTexts } from '../../test/fixtures/match/wild-texts.ts';

const SETS = {
  'real-faults': 'what real clients said of faults that were made for them',
  'other-clients': 'other clients, written down before the first signature',
  'unseen-clients': 'yet others, written down after the signatures',
};
const LINES = 100_000;

/** Returns the sets of labelled lines with what the classifier makes of each, counted by category. */
export function classified() {
  const { classify } = createClassifier();
  const { open, kept } = wildTexts();
  const sets = [
    ...Object.entries(SETS).map(([name, title]) => ({ name, title, lines: labelledLines(name) })),
    {
      name: 'wild, open half',
      title: 'what real users were shown; its misses are looked at',
      lines: open,
    },
    { name: 'wild, kept half', title: 'the same, and never looked at', lines: kept },
  ];
  return sets.map(({ name, title, lines }) => {
    const counts = new Map();
    for (const { text, category } of lines) {
      const found = classify(text).category;
      const count = counts.get(category) ?? { right: 0, wrong: 0, unmatched: 0 };
      if (found === category) count.right += 1;
      else if (found === 'none') count.unmatched += 1;
      else count.wrong += 1;
      counts.set(category, count);
    }
    return { name, title, counts };
  });
}

/** Returns how many lines of systems without a database the classifier takes for an incident. */
export function falseOfNoise() {
  const { classify } = createClassifier();
  const lines = noiseLines();
  return {
    lines: lines.length,
    wrong: lines.filter((line) => classify(line).category !== 'none').length,
  };
}

/** Writes a log of 100,000 lines, a third of them errors of every kind, and returns its path. */
export async function writeLog(folder) {
  const errors = labelledLines('real-faults').map(({ text }) => text.replaceAll('\n', ' '));
  const lines = Array.from({ length: LINES }, (_, index) => {
    const time = new Date(Date.UTC(2026, 10, 20) + index * 100).toISOString();
    const error = errors[index % errors.length];
    return index % 3 === 0
      ? `${time} ERROR [worker-${index % 16}] ${error} (request ${index})`
      : `${time} INFO [worker-${index % 16}] order ${index} placed in ${index % 97} ms, 3 items, total 123.45 EUR`;
  });
  const path = join(folder, 'application.log');
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}
