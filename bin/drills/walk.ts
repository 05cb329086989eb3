import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenTerminal } from '../../test/e2e/terminal.ts';

/** How a drill went for an operator who follows the screen's first choice. */
export type Walk = {
  readonly keys: number;
  readonly phrases: number;
  readonly seconds: number;
  /** What the run says of itself, e.g. `RESOLVED`. */
  readonly verdict: string;
  /** Whether the drill's own check found the fault gone. */
  readonly isFixed: boolean;
  /** What the drill's own check lists as lost. */
  readonly harm: readonly string[];
  /** The screens that were answered, each with what was typed. */
  readonly screens: readonly string[];
};

/** What an operator types, in the order of the keys; `hand` is done before. */
type Move = {
  readonly type: string;
  readonly isPhrase?: boolean;
  readonly hand?: string | undefined;
};

/** A script for what is done outside of the program, with its line in the README. */
type Script = { readonly name: string; readonly about: string };

const GIVE_UP_MS = 360_000;
/** A screen that does not change for so long waits for somebody. */
const STILL_MS = 900;
/** What runs tells of itself for ever. */
const MOVING_MS = 10_000;
const POLL_MS = 100;
/** The same screen again and again means that the answer is no way on. */
const MOST_REPEATS = 3;

/** Plays a drill in a terminal to its end, and closes nothing. */
export async function walk(terminal: OpenTerminal): Promise<Walk> {
  const begun = Date.now();
  const screens: string[] = [];
  const seen = new Map<string, number>();
  let keys = 0;
  let phrases = 0;
  let folder: string | undefined;
  let page: string | undefined;
  while (!terminal.hasExited && Date.now() - begun < GIVE_UP_MS) {
    const screen = await stillScreen(terminal);
    folder ??= /^(\/\S+\/bin)\b/m.exec(terminal.history())?.[1];
    page ??= /Health page\s+(\S+)/.exec(terminal.history())?.[1];
    const move = terminal.hasExited
      ? undefined
      : moveAt(screen, { bin: folder, isServed: await isServed(page) }, seen);
    if (move === undefined) continue;
    screens.push(`${screen}\n>>> ${JSON.stringify(move)}`);
    if (move.hand !== undefined) await run(join(folder ?? '', move.hand));
    // Each word in a piece of its own, as hands type; Enter answers what is on the screen then.
    for (const part of move.type.split(/(\r)/).filter((it) => it !== '')) {
      terminal.type(part);
      keys += part.length;
      await sleep(400);
    }
    if (move.isPhrase === true) phrases += 1;
  }
  if (!terminal.hasExited) screens.push(`${terminal.text()}\n>>> no way on`);
  const end = terminal.history();
  screens.push(end.split('\n').slice(-40).join('\n'));
  return {
    keys,
    phrases,
    seconds: Math.round((Date.now() - begun) / 1000),
    verdict:
      /(RESOLVED|ESCALATED|UNRESOLVED|ABORTED) (?:in|after)/.exec(screens.join('\n'))?.[1] ??
      'no end',
    isFixed: /the fault is fixed/.test(end),
    harm: [...end.matchAll(/^Lost:? .*$/gm)].map(([line]) => line),
    screens,
  };
}

async function stillScreen(terminal: OpenTerminal): Promise<string> {
  let last = terminal.text();
  const since = Date.now();
  for (let at = since; Date.now() - at < STILL_MS && !terminal.hasExited; ) {
    if (Date.now() - since > MOVING_MS) break;
    await sleep(POLL_MS);
    const now = terminal.text();
    // Clocks run, and that is no change.
    if (withoutClock(now) !== withoutClock(last)) at = Date.now();
    last = now;
  }
  return last;
}

function withoutClock(screen: string): string {
  return screen.replaceAll(/\d+/g, '0');
}

/** What an operator has before them. */
type Look = {
  readonly screen: string;
  /** The last line, which names the keys. */
  readonly footer: string;
  /** The folder with the scripts of the drill. */
  readonly bin: string | undefined;
  /** Whether the health page says that the shop works. */
  readonly isServed: boolean;
  /** How often the same was asked before. */
  readonly before: number;
};

/** Asks the health page, as an operator has it open beside the terminal. */
async function isServed(page: string | undefined): Promise<boolean> {
  if (page === undefined) return false;
  return fetch(`${page}?anew`, { signal: AbortSignal.timeout(10_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Returns what the screen asks for; nothing while it is at work. */
function moveAt(
  screen: string,
  around: Pick<Look, 'bin' | 'isServed'>,
  seen: Map<string, number>,
): Move | undefined {
  const question = questionOf(screen);
  const before = seen.get(question) ?? 0;
  seen.set(question, before + 1);
  const footer = screen.trimEnd().split('\n').at(-1) ?? '';
  const look: Look = { screen, footer, ...around, before };
  for (const move of MOVES) {
    const made = move(look);
    if (made !== undefined) return made;
  }
  return undefined;
}

const ENTER: Move = { type: '\r' };

/** A question or an instruction whose answer is on the health page. */
const ASKS_WHETHER_IT_WORKS =
  /Are (?:the )?(?:errors gone|requests served)\?|Are clients served|Does the application(?:'s statement)? (?:work|write|find)/;

/** What a person does, the first that fits. */
const MOVES: readonly ((look: Look) => Move | undefined)[] = [
  ({ footer }) => (/a reason is required/.test(footer) ? { type: 'it did not help\r' } : undefined),
  ({ footer }) =>
    /Enter opens the runbook|⏎ close|⏎ start|⏎ done/.test(footer) ? ENTER : undefined,
  ({ screen, footer }) =>
    /Space/.test(footer) || /Space (to the end|shows)/.test(screen) ? { type: ' ' } : undefined,
  ({ screen }) => {
    const phrase = /Type (.+?) to run it/.exec(screen)?.[1];
    return phrase === undefined ? undefined : { type: `${phrase}\r`, isPhrase: true };
  },
  ({ screen }) => (/\by run it\b/.test(screen) ? { type: 'y' } : undefined),
  ({ screen, bin, before, isServed: served }) => {
    if (!/\by done\b/.test(screen)) return undefined;
    if (ASKS_WHETHER_IT_WORKS.test(screen)) return { type: served ? 'y' : 'f' };
    const hand = before < MOST_REPEATS ? scriptFor(screen, scriptsIn(bin), before) : undefined;
    return hand === undefined ? { type: 'f' } : { type: 'y', hand };
  },
  (look) => (/⏎ answer(?! with)/.test(look.footer) ? { type: `${typedFor(look)}\r` } : undefined),
  // Who has scripts for what is outside runs the application by none of the platforms.
  ({ screen }) => {
    const choice = /^ {2,}(?:▸ )? *(\d+) {2}something else$/m.exec(screen)?.[1];
    return choice === undefined ? undefined : { type: choice };
  },
  ({ screen, footer, isServed: served }) =>
    /1–\d (?:answer|choose)/.test(footer) && ASKS_WHETHER_IT_WORKS.test(questionOf(screen))
      ? { type: served ? '1' : '2' }
      : undefined,
  // The first choice; what led back to the same question was not the way.
  ({ footer, before }) => {
    const choices = Number(/(?:[01])–(\d+) (?:answer|choose)/.exec(footer)?.[1] ?? 0);
    return choices === 0 ? undefined : { type: String((before % choices) + 1) };
  },
  ({ screen }) => (/ ⏎ (run|continue|retry)\b/.test(screen) ? ENTER : undefined),
  // The menu of a failed step: once more, then on without it.
  ({ screen, before }) => {
    if (!/^ {2}r retry\b/m.test(screen)) return undefined;
    return { type: before === 0 ? 'r' : 's' };
  },
];

/** What the last page asks, without what varies. */
function questionOf(screen: string): string {
  return withoutClock(screen.split(/^ ─+$/m).at(-1) ?? screen);
}

/** A URL is in the file that the briefing names; anything else a person leaves out, or does not know. */
function typedFor({ screen, bin, before }: Look): string {
  if (/\bURL\b/.test(questionOf(screen)) && bin !== undefined)
    return readFileSync(join(dirname(bin), 'database-url'), 'utf8').trim();
  if (/or\s+0\s+for\s+none/.test(screen)) return '0';
  if (/not a number/.test(screen)) return '2';
  return before === 0 ? '' : 'unknown';
}

function scriptsIn(folder: string | undefined): readonly Script[] {
  if (folder === undefined) return [];
  try {
    const lines = readFileSync(join(folder, 'README'), 'utf8').split('\n');
    return lines.flatMap((line) => {
      const [, name = '', about = ''] = /^(\S+)\s{2,}(.*)$/.exec(line) ?? [];
      return name === '' ? [] : [{ name, about }];
    });
  } catch {
    return [];
  }
}

/**
 * Returns the script that says most of what the title of the step and its instruction say; after it
 * was no help, the one that comes next.
 */
function scriptFor(screen: string, scripts: readonly Script[], tried: number): string | undefined {
  const said = new Set(wordsOf(screen));
  const title = new Set(wordsOf(/▸ (.*?) {2,}manual step/.exec(screen)?.[1] ?? ''));
  const words = scripts.map(({ name, about }) => new Set(wordsOf(`${name} ${about}`)));
  // What most scripts speak of tells none of them from the others.
  const weight = (word: string): number => 1 / words.filter((those) => those.has(word)).length;
  const sum = (found: readonly string[]): number =>
    found.reduce((total, word) => total + weight(word), 0);
  const scored = scripts.map(({ name }, index) => {
    const own = [...(words[index] ?? [])];
    const inText = sum(own.filter((word) => said.has(word)));
    return { name, score: inText / sum(own) + sum(own.filter((word) => title.has(word))) };
  });
  const best = scored.toSorted((a, b) => b.score - a.score)[tried];
  return best === undefined || best.score < 0.2 ? undefined : best.name;
}

/** The words that say something, without their endings. */
function wordsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
  return words
    .filter(
      (word) =>
        !['the', 'for', 'and', 'that', 'with', 'from', 'into', 'where', 'again', 'this'].includes(
          word,
        ),
    )
    .map((word) => word.replace(/(ing|ed|es|s|e)$/, ''));
}

function run(file: string): Promise<void> {
  return new Promise((resolve) => {
    execFile(file, { timeout: 60_000 }, () => resolve());
  });
}
