import { resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createClassifier } from '#match/classify.ts';

const { coverageItems } = await import(resolve('bin/documents/coverage-items.js'));
const { shippedRunbooks } = await import(resolve('bin/documents/shipped-runbooks.js'));

/** Where an item is found: in a step or a part of a runbook, or as a text the classifier knows. */
type Place = {
  readonly runbook: string;
  readonly part?: string;
  readonly says?: string;
  readonly match?: string;
};

type Item = { readonly id: string; readonly item: string; readonly places: readonly Place[] };

type Shipped = {
  readonly text: string;
  readonly runbook: { readonly steps: readonly { readonly id: string }[] };
};

const PARTS = ['severity', 'symptoms', 'impact', 'prerequisites', 'prevention', 'related'];
const ITEMS = 266;

let items: readonly Item[];
let runbooks: ReadonlyMap<string, Shipped>;

beforeAll(async () => {
  items = await coverageItems();
  runbooks = await shippedRunbooks();
});

test('every item of the sources is listed once, with at least one place', () => {
  expect(items.map(({ id }) => id)).toEqual(
    Array.from({ length: ITEMS }, (_, index) => `S${index + 1}`),
  );
  expect(items.filter(({ places }) => places.length === 0)).toEqual([]);
});

test('every place is there and says what it is named for', () => {
  const missing = items.flatMap(({ id, places }) =>
    places.flatMap((place) => problemWith(place) ?? []).map((problem) => `${id}: ${problem}`),
  );
  expect(missing).toEqual([]);
});

test('every text that stands for an item is classified as it says', () => {
  const { classify } = createClassifier();
  const texts = items.flatMap(({ id, places }) =>
    places.flatMap(({ match, runbook }) => (match === undefined ? [] : [{ id, match, runbook }])),
  );
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.map(({ id, match }) => [id, classify(match).runbook])).toEqual(
    texts.map(({ id, runbook }) => [id, runbook]),
  );
});

/** Returns what is wrong with a place; undefined when nothing is. */
function problemWith({ runbook, part, says, match }: Place): string | undefined {
  const name = [runbook, part].filter((it) => it !== undefined).join('/');
  if (runbook === 'every') {
    const without = [...runbooks].filter(([, { text }]) => partOf(text, part) === undefined);
    return without.length === 0 ? undefined : `${name} is not in ${without.map(([it]) => it)}`;
  }
  const shipped = runbooks.get(runbook);
  if (shipped === undefined) return `there is no runbook ${runbook}`;
  if (match !== undefined) return undefined;
  if (part === undefined) return `${runbook} has no step yet for it`;
  const text = PARTS.includes(part) ? partOf(shipped.text, part) : stepOf(shipped, part);
  if (text === undefined) return `there is no ${name}`;
  if (says === undefined)
    return PARTS.includes(part) ? `${name} needs a text that it says` : undefined;
  return flat(text).includes(flat(says)) ? undefined : `${name} does not say "${says}"`;
}

/** Returns the lines below a key at the start of a line. */
function partOf(text: string, part = ''): string | undefined {
  return new RegExp(`^${part}:.*\\n(?:[ \\n-].*\\n|\\n)*`, 'm').exec(`${text}\n`)?.[0];
}

/** Returns the text of a step: from its id to the next step's, and what library files put into it. */
function stepOf(shipped: Shipped, id: string): string | undefined {
  const step = shipped.runbook.steps.find((one) => one.id === id);
  return step && [writtenStep(shipped, id) ?? '', ...textsIn(step)].join('\n');
}

function textsIn(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(textsIn) : [];
}

function writtenStep({ text }: Shipped, id: string): string | undefined {
  const lines = text.split('\n');
  const isStep = (line: string) => /^ {2}- (?:\{ )?id: /.test(line);
  const from = lines.findIndex((line) => isStep(line) && new RegExp(`id: ${id}\\b`).test(line));
  if (from === -1) return undefined;
  const to = lines.findIndex((line, at) => at > from && (isStep(line) || /^\S/.test(line)));
  return lines.slice(from, to === -1 ? undefined : to).join('\n');
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').toLowerCase();
}
