import { EXIT, type ExitCode } from '#errors.ts';
import type { AuditLine } from '#team/audit/chain.ts';
import { Audit } from '#team/audit/log.ts';
import { openPool } from '#team/database.ts';
import { requireMigrated } from '#team/migrate.ts';
import { textTable } from '#text/table.ts';
import type { CommandLine } from '../../command-spec.ts';
import { controlPlaneUrl } from '../../control-plane.ts';
import { columnsOf } from '../../say.ts';
import type { serverAudit as spec } from '../../specs/team.ts';

/** The number of entries that are shown; with --json all are. */
const SHOWN = 50;

/** `runbook server audit`: prints what happened besides the runs, and verifies its chain. */
export async function audit({ options }: CommandLine<typeof spec>): Promise<ExitCode> {
  const pool = openPool(await controlPlaneUrl(options.database), 'runbook server audit', 1);
  try {
    await requireMigrated(pool);
    const entries = new Audit(pool).entries();
    const latest: AuditLine[] = [];
    let found = 0;
    let next = await entries.next();
    for (; next.done !== true; next = await entries.next()) {
      found += 1;
      if (options.json) process.stdout.write(next.value.line);
      latest.push(next.value.read);
      if (latest.length > SHOWN) latest.shift();
    }
    if (!options.json) process.stdout.write(tableOf(latest));
    const broken = next.value;
    process.stderr.write(
      broken === undefined
        ? `${found} ${found === 1 ? 'entry' : 'entries'}, the chain is intact\n`
        : `the chain is broken: ${broken}\n`,
    );
    return broken === undefined ? EXIT.ok : EXIT.unresolved;
  } finally {
    await pool.end();
  }
}

function tableOf(lines: readonly AuditLine[]): string {
  if (lines.length === 0) return '';
  const rows = lines.map(({ seq, at, entry: { what, person = '', run = '', more = {} } }) => {
    const texts = Object.entries(more).map(([name, text]) => `${name}: ${text}`);
    return [String(seq), at.slice(0, 19).replace('T', ' '), what, person, run, texts.join(', ')];
  });
  return `${textTable(['NO', 'TIME (UTC)', 'WHAT', 'PERSON', 'RUN', 'MORE'], rows, columnsOf())}\n`;
}
