import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../runbooks/', import.meta.url));

/** The lines of each runbook at commit afdc753, before runbooks could share text. */
const BEFORE = {
  auth: 928,
  config: 303,
  'connection-leak': 569,
  dns: 298,
  'lock-contention': 961,
  migrations: 769,
  pgbouncer: 780,
  'pool-exhausted': 1040,
  'read-only': 540,
  refused: 534,
  'server-not-ready': 449,
  'slow-queries': 525,
  ssl: 587,
  'stale-connections': 712,
  timeout: 538,
  'too-many-connections': 1276,
  triage: 1182,
  'wrong-service': 200,
};

const HEAD = `# Size of the library

How long the shipped runbooks are, in lines, without their cases. \`npm run documents\` counts them. Before stands for commit
afdc753, when a runbook could share nothing with another. Since then runbooks have also got new branches and MySQL itself.

| file | before | now |
|---|---|---|
`;

/** Returns the page with the lines of each shipped runbook and library file. */
export function librarySizePage() {
  const runbooks = Object.entries(BEFORE).map(([name, before]) => [name, before, linesOf(name)]);
  const shared = yamlIn('lib').map((name) => [`lib/${name}`, undefined, linesOf(`lib/${name}`)]);
  const rows = [...runbooks, ...shared];
  const sum = (at) => rows.reduce((all, row) => all + (row[at] ?? 0), 0);
  return HEAD + [...rows, ['**all**', sum(1), sum(2)]].map(rowOf).join('');
}

function yamlIn(folder) {
  return readdirSync(`${FOLDER}${folder}`)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .map((name) => name.replace('.yaml', ''))
    .toSorted();
}

function linesOf(name) {
  return readFileSync(`${FOLDER}${name}.yaml`, 'utf8').split('\n').length - 1;
}

function rowOf([name, before, now]) {
  return `| ${name} | ${before?.toLocaleString('en') ?? ''} | ${now.toLocaleString('en')} |\n`;
}
