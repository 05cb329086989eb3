import type { Span } from '#runbook/yaml/source.ts';
import { byWord } from '#text/words.ts';
import type { KnownEffect } from '../known-effects.ts';
import { type EffectReport, known, reportOf } from '../report.ts';

/** The effect of a console command, or the reason why the text is none. */
export type ConsoleCommand =
  | { readonly ok: true; readonly report: EffectReport }
  | { readonly ok: false; readonly problem: string };

/** The lists that `SHOW` reads. `FDS` is missing: it hands out passwords and stops the pooler. */
const SHOWN: ReadonlySet<string> = new Set(
  (
    'ACTIVE_SOCKETS CLIENTS CONFIG DATABASES DNS_HOSTS DNS_ZONES HELP LISTS MEM PEERS PEER_POOLS ' +
    'POOLS SERVERS SOCKETS STATE STATS STATS_AVERAGES STATS_TOTALS TOTALS USERS VERSION'
  ).split(' '),
);

type Command = KnownEffect & {
  /** Whether it has a name after it: never, always, or for one database instead of all. */
  readonly takes: 'nothing' | 'name' | 'perhaps';
};

const change = (takes: Command['takes'], text: string): Command => ({
  ...{ effect: 'change', takes, text },
});
const destructive = (takes: Command['takes'], text: string): Command => ({
  ...{ effect: 'destructive', takes, text },
});

const COMMANDS: ReadonlyMap<string, Command> = byWord({
  PAUSE: change('perhaps', 'PAUSE makes all clients wait'),
  RESUME: change('perhaps', 'RESUME lets waiting clients proceed'),
  ENABLE: change('name', 'ENABLE accepts clients'),
  DISABLE: change('name', 'DISABLE rejects new clients'),
  RECONNECT: change('perhaps', 'RECONNECT replaces the connections to the server'),
  RELOAD: change('nothing', 'RELOAD reads the settings anew'),
  SUSPEND: change('nothing', 'SUSPEND makes all clients wait'),
  KILL: destructive('perhaps', 'KILL drops all clients and their transactions'),
  KILL_CLIENT: destructive('name', 'KILL_CLIENT drops a client and its transaction'),
  SHUTDOWN: destructive('nothing', 'SHUTDOWN stops the pooler'),
});

/** A command, a word or a quoted name after it, or a setting; as the console's own patterns. */
const PLAIN = /^\s*([a-z_]+)(?:\s+("(?:[^"]|"")+"|[0-9a-z_]+))?\s*(?:;\s*)?$/i;
const SETTING =
  /^\s*set\s+[0-9a-z_]+\s*(?:=|\bto\b)\s*(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[0-9a-z_]+)\s*(?:;\s*)?$/i;

/**
 * Reads a command of PgBouncer's console. Only a known command in the console's own form is one:
 * the console has no read-only mode in which an unknown one could be tried.
 */
export function readConsoleCommand(text: string): ConsoleCommand {
  const whole: Span = { start: text.length - text.trimStart().length, end: text.trimEnd().length };
  const told = (effect: KnownEffect): ConsoleCommand => ({
    ok: true,
    report: reportOf([known(effect.effect, effect.text, whole)]),
  });
  if (SETTING.test(text)) return told({ effect: 'change', text: 'SET changes the whole pooler' });
  const [, verb = '', name] = PLAIN.exec(text) ?? [];
  const word = verb.toUpperCase();
  if (word === 'SHOW' && name !== undefined && SHOWN.has(name.toUpperCase()))
    return { ok: true, report: reportOf([]) };
  const command = COMMANDS.get(word);
  if (command === undefined) return { ok: false, problem: UNKNOWN };
  if (command.takes === 'nothing' && name !== undefined)
    return { ok: false, problem: `${word} has nothing after it` };
  if (command.takes === 'name' && name === undefined)
    return { ok: false, problem: `${word} needs a name after it` };
  return told(command);
}

const UNKNOWN = 'this is not a known command of the console of PgBouncer';
