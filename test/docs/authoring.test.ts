import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startPostgres } from '#lab/servers/postgres.ts';
import { CACHES, LAUNCHER } from '../support/built-command.ts';

vi.setConfig({ testTimeout: 300_000 });

const page = readFileSync(new URL('../../docs/author/first-runbook.md', import.meta.url), 'utf8');

/** The fences of the page in their order, each with its language and what it holds. */
const fences = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text = '']) => ({
  language,
  text,
}));

let cwd: string;
let server: Awaited<ReturnType<typeof startPostgres>>;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'runbook-authoring-'));
  mkdirSync(join(cwd, 'bin'));
  const start = `#!/bin/sh\nexec '${process.execPath}' '${LAUNCHER}' "$@"\n`;
  writeFileSync(join(cwd, 'bin/runbook'), start, { mode: 0o755 });
  server = await startPostgres();
});

afterAll(async () => {
  await server?.stop();
  rmSync(cwd, { recursive: true, force: true });
});

/** Types a line of the page in a shell and returns all it printed; its exit code has to be as said. */
function typed(line: string): string {
  const wanted = Number(/# exit code (\d+)$/.exec(line)?.[1] ?? 0);
  const env = {
    PATH: `${join(cwd, 'bin')}:${process.env.PATH}`,
    ...{ ...CACHES, HOME: cwd, RUNBOOK_STATE: join(cwd, 'state'), RUNBOOK_OPERATOR: 'ada' },
    DATABASE_URL: server.superuserUrl,
  };
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], {
    ...{ cwd, env, encoding: 'utf8', input: '' },
  });
  // A run without a terminal is left where somebody is needed.
  const expected = line.startsWith('runbook run ') ? 4 : wanted;
  expect([line, status, status === expected ? '' : stdout + stderr]).toEqual([line, expected, '']);
  return stdout;
}

/** The file that a YAML fence is put into stands in the paragraph before it. */
function fileOf(text: string): string {
  const before = page.slice(0, page.indexOf(text));
  return [...before.matchAll(/into\s+`\.\/(runbooks\/[\w.-]+)`/g)].at(-1)?.[1] ?? '';
}

test('every command of the page for authors does what the page says, in its order', () => {
  let printed = '';
  for (const { language, text } of fences) {
    if (language === 'yaml') writeFileSync(join(cwd, fileOf(text)), text);
    else if (language === 'text') expect(printed).toContain(text.trim());
    else {
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('export '));
      printed = lines.map(typed).join('');
    }
  }
  expect(readFileSync(join(cwd, 'slow-reports.svg'), 'utf8')).toContain('GATE · DESTRUCTIVE');
  expect(readFileSync(join(cwd, 'what-happened.svg'), 'utf8')).toContain('visited');
  expect(readFileSync(join(cwd, 'slow-reports.md'), 'utf8')).toContain('# Reports are slow');
});

test('the runbook of the page has no warning, and its cases leave the branch that is named', () => {
  expect(typed('runbook validate --strict slow-reports')).toBe(
    'runbooks/slow-reports.yaml: valid\n',
  );
  const coverage = typed('runbook test slow-reports --coverage');
  expect(coverage).toContain('declined');
});
