import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Phrases from the right column of docs/contribute/writing.md, in any case. */
const PHRASES = [
  /\b(?:go(?:es|ne)?|going|went) on with\b/,
  /\bpicked? up again\b/,
  /\bthe surroundings do not\b/,
  /\bmistakes? in this program\b/,
  /\b(?:is|are|was|were|be|been) mended\b|\bmend (?:it|them|by)\b/,
  /\bthe likeliest\b/,
  /\bthat it calls for\b|\bwhich runbook .{0,30}calls for\b/,
  /\bnobody works in\b/,
  /\bnobody knows\b/,
  /\bwhom it hits\b/,
  /\bwho has the night\b/,
  /\bpass(?:ed|es)? over\b/,
  /\b(?:is|are|be) (?:as it should be|in order)\b/,
  /\bis well again\b|\bare well again\b/,
  /\bwell from here\b/,
  /\bfor want of\b/,
  /\bas it was when\b/,
  /\bwhat there is to know\b/,
  /\bhow shall\b/,
  /\bwas left or interrupted\b/,
  /\bby itself any more\b|\bnot work any more\b/,
  /\blooked at anew\b|\bmade anew\b/,
  /\bthe way of the data\b|\bthe life of a step\b/,
  /\bthe story goes on\b/,
  /\bof one's own\b/,
  /\bwhat now\?|\bwhich way\?/,
  /\bshall (?:it|this|they|the)\b/,
  /\b(?:it will|it would|they will) hit\b/,
  /\benter alone is fine\b/,
  /\bwent on\b|\bgo on with(?:out)? it\b/,
  /\ba few words, for the record\b/,
  /\bcalled so\b/,
  /\bcommands? of (?:their|your|one['’]s) own\b/,
  /\bnot taken for\b|\bnot looked at\b/,
  /\bcut off while\b/,
  /\bby hand, have somebody\b|\bthe look above\b|\bmake it up\b/,
  /\/\*\* (?:What|Whom|Whose)\b/,
  /\bis left for later\b|: left for later\b|: at work\b/,
  /\bcame to (?:resolved|escalated|unresolved|aborted)\b/,
  /\bnobody (?:gets in|is awake to|can look)\b/,
  /\bturns? (?:every|the|each) (?:login|user|application['’]s user)s? away\b/,
  /\btakes? no (?:writes|changes|logins)\b/,
  /\bdoes not give (?:them|it|its connections) back\b/,
  /\bsits? (?:idle|in an (?:open|idle) transaction)\b/,
  /\bstart again with\b.{0,60}_URL\b/,
  /\bslots? (?:is|are) not the question\b/,
  /\bgo on (?:with|yourself|there)\b/,
  /\bthe remedy was not taken\b/,
  /\bhand it over to whoever\b/,
  /\bwhoever administers\b/,
  /\bspelt\b|\bmisspelt\b/,
  /\bgive the target such a login\b/,
  /\bwhen left out\b|\bwhat became of\b/,
  /\b(?:is another one|are others)\b/,
  /\bhas to stand\b|\bstands for any\b/,
  /\brun this again\b/,
  /\bcome to an end\b|\bcomes of it\b/,
  /\bno use for\b/,
];

/** Pages whose words are made by other rooms, or which list the phrases themselves. */
const GENERATED = ['docs/runbooks/', 'docs/contribute/writing.md'];

const SOURCE = /(?<=^|[^\w])(?:\/\*\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)/g;

function proseOf(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** The rooms that are kept clean: where they are, which files, and the part of each that is read. */
const ROOMS: readonly {
  readonly room: string;
  readonly files: RegExp;
  readonly textOf: (text: string) => string;
}[] = [
  { room: 'README.md', files: /\.md$/, textOf: proseOf },
  { room: 'CHANGELOG.md', files: /\.md$/, textOf: proseOf },
  { room: 'docs', files: /\.md$/, textOf: proseOf },
  { room: 'src', files: /\.tsx?$/, textOf: literalsOf },
  { room: 'runbooks', files: /(?<!\.test)\.yaml$/, textOf: (text) => text },
];

/** Returns the docstrings and string literals of a source. */
function literalsOf(text: string): string {
  return [...text.matchAll(SOURCE)].map(([literal]) => literal).join('\n');
}

function filesIn(room: string, files: RegExp): readonly string[] {
  if (files.test(room)) return [room];
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .map((name) => join(room, name))
    .filter((path) => files.test(path) && !GENERATED.some((at) => path.startsWith(at)));
}

function foundIn(text: string): readonly string[] {
  const flat = text.replaceAll(/\s+(?:\*\s+)?/g, ' ');
  return PHRASES.flatMap((phrase) => {
    const found = new RegExp(phrase, 'i').exec(flat);
    return found === null ? [] : [flat.slice(Math.max(0, found.index - 30), found.index + 40)];
  });
}

describe.each(ROOMS)('the words of $room', ({ room, files, textOf }) => {
  test.each(filesIn(room, files))('are those of the field in %s', (path) => {
    expect(foundIn(textOf(readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });
});

test('a phrase is found in a docstring and across lines, and not in code', () => {
  expect(foundIn(literalsOf('/** The run is gone\n * on with. */'))).toHaveLength(1);
  expect(foundIn(literalsOf("const nobodyKnows = 'healthy';"))).toEqual([]);
});

const LIMIT = 400;

test.each(filesIn('docs', /\.md$/))('%s is short enough to read', (path) => {
  expect(readFileSync(join(root, path), 'utf8').split('\n').length).toBeLessThanOrEqual(LIMIT);
});
