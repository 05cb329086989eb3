// Walks drills to their end with an operator that reads only the screen of 80 columns and 24 lines, and prints what came of
// each: `npm run proof:drills -- [--engine postgres,mariadb] [--only NAME,…] [--at-a-time 2] [--screens FOLDER]`. It fails if a
// drill is missed that bin/drills/known-misses.txt does not name.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { OpenTerminal } from '../test/e2e/terminal.ts';
import { type Walk, walk } from './drills/walk.ts';

const LAUNCHER = fileURLToPath(new URL('./runbook.js', import.meta.url));

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'postgres,mariadb,mysql,pgbouncer,failover' },
    only: { type: 'string' },
    'at-a-time': { type: 'string', default: '2' },
    screens: { type: 'string' },
  },
});

/** A fault on a server, as `drill --list` names both. */
type Drill = { readonly fault: string; readonly engine: string };

/** Returns every drill that this machine can start. */
async function drillsHere(): Promise<readonly Drill[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [LAUNCHER, 'drill', '--list']);
  const [head = '', ...lines] = stdout.trimEnd().split('\n');
  const [, ...columns] = head.trim().toLowerCase().split(/\s+/);
  const engines = values.engine.split(',');
  const only = values.only?.split(',');
  return lines.flatMap((line) => {
    const [fault = '', ...cells] = line.trim().split(/\s+/);
    if (only !== undefined && !only.includes(fault)) return [];
    return columns.flatMap((engine, index) =>
      cells[index] === 'yes' && engines.includes(engine) ? [{ fault, engine }] : [],
    );
  });
}

async function play({ fault, engine }: Drill): Promise<Walk> {
  const home = mkdtempSync(join(tmpdir(), 'runbook-blind-'));
  // Where this runs as root, the server runs as somebody else, who has to reach it.
  chmodSync(home, 0o755);
  const terminal = new OpenTerminal({
    file: process.execPath,
    args: [LAUNCHER, 'drill', fault, '--engine', engine, '--blind'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      TMPDIR: home,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
      RUNBOOK_OPERATOR: 'kim',
      RUNBOOK_STATE: join(home, 'state'),
    },
    cwd: home,
  });
  try {
    return await walk(terminal);
  } finally {
    await terminal.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Faults that this operator does not end, on any engine, with the reason. */
const KNOWN = new Set(
  readFileSync(new URL('./drills/known-misses.txt', import.meta.url), 'utf8')
    .split('\n')
    .flatMap((line) => /^[a-z][a-z-]+/.exec(line) ?? []),
);

const drills = [...(await drillsHere())];
const counts = { fixed: 0, known: 0, missed: 0 };
process.stdout.write('FAULT                        ON         KEYS  PHRASES  SECONDS  END\n');
await Promise.all(
  Array.from({ length: Number(values['at-a-time']) }, async () => {
    for (let drill = drills.shift(); drill !== undefined; drill = drills.shift()) {
      const walked = await play(drill);
      const isWon = walked.isFixed && walked.harm.length === 0;
      const isKnown = KNOWN.has(drill.fault);
      counts[isWon ? 'fixed' : isKnown ? 'known' : 'missed'] += 1;
      const { keys, phrases, seconds, verdict, harm } = walked;
      const figures = [keys, phrases, seconds].map((figure) => String(figure).padStart(7));
      const end = [walked.isFixed ? 'fixed' : 'NOT FIXED', verdict, ...harm].join('; ');
      process.stdout.write(
        `${drill.fault.padEnd(28)} ${drill.engine.padEnd(9)} ${figures.join(' ')}  ${end}\n`,
      );
      if (values.screens === undefined) continue;
      mkdirSync(values.screens, { recursive: true });
      writeFileSync(
        join(values.screens, `${drill.fault}-${drill.engine}.txt`),
        walked.screens.join(`\n${'='.repeat(80)}\n`),
      );
    }
  }),
);
process.stdout.write(
  `${counts.fixed} fixed, ${counts.known} not, as is known, ${counts.missed} missed\n`,
);
process.exitCode = counts.missed > 0 ? 1 : 0;
