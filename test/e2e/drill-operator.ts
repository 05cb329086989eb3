import { chmodSync } from 'node:fs';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

/** Somebody whose drills keep their files in their own home. */
export function drillOperator(): Operator {
  const kim = newOperator();
  // Where the tests run as root, the server runs as somebody else, who has to reach it.
  chmodSync(kim.home, 0o755);
  return kim;
}

/** Starts a drill at prompts, on a terminal on which no line wraps. */
export function startDrill(kim: Operator, args: readonly string[]): OpenTerminal {
  const start = { env: { TMPDIR: kim.home }, columns: 200, rows: 60 };
  return kim.open(['drill', ...args, '--plain'], start);
}

const BRIEFED = 'Enter opens the runbook';

/** Waits for the whole briefing, and returns it. */
export async function briefed(terminal: OpenTerminal): Promise<string> {
  await terminal.waitFor(BRIEFED, 60_000);
  return terminal.history();
}

/** What a briefing says of the health page, and where scripts stand. */
export function placesIn(text: string): {
  readonly health: string;
  readonly scripts: readonly string[];
} {
  const [, health = ''] = /Health page {2}(\S+)/.exec(text) ?? [];
  const [, folder = '', listed, lines = ''] =
    /^(\/\S+\/bin)( \(explained in README\))?:\n((?: {2}.*\n)+)/m.exec(text) ?? [];
  const names =
    listed === undefined
      ? [...lines.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name)
      : lines.trim().split(/,\s+/);
  const scripts = names.map((name) => `${folder}/${name}`);
  return { health, scripts };
}
