import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { columnLines } from '#text/table.ts';
import { type LabEngine, MYSQL_SERVERS, POSTGRES_SERVERS } from '../engines.ts';
import { ownScript } from '../programs/own-process.ts';

/** A script that simulates an action outside the engine's reach. */
export type ByHandScript = { readonly name: string; readonly title: string };

const POSTGRES: readonly LabEngine[] = [...POSTGRES_SERVERS, 'pgbouncer', 'failover'];

/** All manual actions of all faults, with the engines that can need them, by default every one. */
export const EVERY_BY_HAND: readonly (ByHandScript & {
  readonly engines?: readonly LabEngine[];
})[] = [
  { name: 'continue-server', title: 'Continue a stopped server process' },
  {
    name: 'correct-host-rules',
    title: 'Correct the lines of pg_hba.conf that allow the application',
    engines: POSTGRES,
  },
  { name: 'correct-url', title: 'Write the correct URL into the settings of the application' },
  {
    name: 'create-account',
    title: 'Create the account of the application where it is missing',
  },
  { name: 'drop-anonymous', title: 'Remove the anonymous account', engines: MYSQL_SERVERS },
  {
    name: 'end-last-client',
    title: 'End the client that a stopping server waits for',
    engines: POSTGRES,
  },
  { name: 'finish-migration', title: 'Finish the migration that the release begins with' },
  {
    name: 'grant-privilege',
    title: 'Grant the privilege that the application lacks',
    engines: MYSQL_SERVERS,
  },
  { name: 'install-certificate', title: 'Install the certificate that the authority has issued' },
  {
    name: 'lead-proxy-to-primary',
    title: 'Lead the proxy to the new primary',
    engines: ['failover'],
  },
  { name: 'open-firewall', title: 'Let the application through the firewall' },
  { name: 'plug-cable-in', title: 'Plug the cable in again' },
  { name: 'raise-pool-size', title: 'Give the pool of the application more connections' },
  { name: 'repair-line', title: 'Repair the line to the server' },
  { name: 'repair-name-server', title: 'Restart the name server' },
  { name: 'restart-application', title: 'Restart the application' },
  { name: 'restart-database', title: 'Restart the database' },
  { name: 'restore-record', title: 'Restore the DNS record of the database' },
  { name: 'roll-back-prepared', title: 'Roll back a transaction that was prepared and forgotten' },
  {
    name: 'set-longest-idle',
    title: 'Lower the idle timeout of the application’s pool',
  },
  { name: 'start-database', title: 'Start the database' },
  {
    name: 'turn-off-prepared-statements',
    title: 'Turn prepared statements off in the driver',
    engines: ['pgbouncer'],
  },
  { name: 'upgrade-client', title: 'Upgrade the driver of the application' },
  {
    name: 'widen-column',
    title: 'Give the column whose numbers have run out a larger type',
    engines: MYSQL_SERVERS,
  },
];

/**
 * Returns the manual actions of all faults of an engine, which a blind drill offers: neither their
 * number nor their titles reveal the fault.
 */
export function byHandOf(engine: LabEngine): readonly ByHandScript[] {
  return EVERY_BY_HAND.flatMap(({ name, title, engines = [engine] }) =>
    engines.includes(engine) ? [{ name, title }] : [],
  );
}

/** Sends its word to the socket and prints the reply, which starts with `ok` or `failed`. */
const ASK = `
const [door, word] = process.argv.slice(1);
let reply = "";
const caller = require("node:net").connect(door, () => caller.end(word));
caller.setEncoding("utf8").on("data", (part) => (reply += part));
caller.on("error", () => {
  console.error("the drill is over");
  process.exitCode = 1;
});
caller.on("end", () => {
  const [verdict, ...words] = reply.split(" ");
  console.log(words.join(" "));
  process.exitCode = verdict === "ok" ? 0 : 1;
});`;

/**
 * Writes an executable script for each action, and a README that explains them. Returns the
 * directory of the scripts.
 */
export async function writeByHandScripts(
  home: string,
  door: string,
  scripts: readonly ByHandScript[],
): Promise<string> {
  const folder = join(home, 'bin');
  await mkdir(folder, { recursive: true });
  for (const { name, title } of scripts) {
    const words = ownScript(ASK, door, name).map(quoted).join(' ');
    await writeFile(join(folder, name), `#!/bin/sh\n# ${title}\nexec ${words}\n`, { mode: 0o700 });
  }
  const lines = columnLines(scripts.map(({ name, title }) => [name, title]));
  await writeFile(join(folder, 'README'), lines.map((line) => `${line}\n`).join(''));
  return folder;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
