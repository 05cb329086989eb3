import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A kind of action, a kind of step, an engine with its own dialect, and a probe. */
const ADDED: readonly (readonly [file: string, from: string, to: string])[] = [
  [
    'runbook/kinds/action-kinds.ts',
    'ACTION_KINDS = { sql, shell, http, probe };',
    "ACTION_KINDS = { sql, shell, http, probe, grpc: {} as KindDeclaration<{ readonly kind: 'grpc' }> };",
  ],
  [
    'runbook/kinds/step-kinds.ts',
    "'parallel', 'finish'] as const",
    "'parallel', 'finish', 'approve'] as const",
  ],
  [
    'runbook/model/runbook.ts',
    '    | FinishStep;\n',
    "    | FinishStep\n    | { readonly kind: 'approve'; readonly asks: Template };\n",
  ],
  ['runbook/model/engines.ts', "'mariadb'] as const", "'mariadb', 'cassandra'] as const"],
  [
    'runbook/model/engines.ts',
    "Dialect = 'postgres' | 'mysql'",
    "Dialect = 'postgres' | 'mysql' | 'cql'",
  ],
  [
    'runbook/model/engines.ts',
    "Catalog = 'postgres' | 'mysql'",
    "Catalog = 'postgres' | 'mysql' | 'cassandra'",
  ],
  [
    'runbook/model/probe-parameters.ts',
    '  config: { url: URL_OF_DATABASE },\n',
    '  config: { url: URL_OF_DATABASE },\n  redis: { host: HOST },\n',
  ],
];

/** Returns the errors of the compiler once these kinds are added. */
function errorsOfAdded(): string {
  const folder = temporaryFolder();
  for (const one of ['src', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, one), join(folder, one), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, from, to] of ADDED) {
    const path = join(folder, 'src', file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  }
  return typesOf(folder);
}

function typesOf(folder: string): string {
  try {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    return execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', cwd: folder });
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

/** Every place that judges, renders, reads or shows an action by its kind. */
const BY_KIND = [
  'rehearsal/mocks/by-kind.ts',
  'report/document/actions.ts',
  'safety/kinds/rules.ts',
  'steps/open-executors.ts',
  // What a step of another kind holds, reads, returns and looks like.
  'report/document/step.ts',
  'report/graph/node-kind.ts',
  'runbook/model/step-results.ts',
  'runbook/schema/step.ts',
  'safety/effects/apply.ts',
];

test('a kind of action or step, an engine or a probe without a judge does not compile', () => {
  const errors = errorsOfAdded();
  for (const file of BY_KIND) expect(errors).toContain(`src/${file}(`);
  expect(errors).toContain('src/safety/effects/judge-sql.ts(');
  expect(errors).toMatch(/src\/steps\/database\/catalogs\.ts.*\n?.*cassandra/);
  expect(errors).toMatch(/src\/runbook\/model\/engines\.ts.*\n?.*cassandra/);
  expect(errors).toMatch(/src\/safety\/kinds\/probe\.ts.*\n?.*redis/);
});
