import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '#errors.ts';
import { sha256 } from '#run/sha256.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RUNBOOK = `name: look
title: Look
summary: It looks.
uses: [words]
steps:
  - id: look
    effect: read
    shell: echo @{greeting}
  - use: ask
    id: how
  - use: end
    id: end
`;

const WORDS = `uses: [ends]
fragments:
  greeting: hello from the library
templates:
  ask:
    step:
      manual: "Check what it said: @{greeting}"
      next: [{ goto: end }]
`;

const ENDS = `templates:
  end:
    step:
      finish: { outcome: resolved, summary: "It said \${{ steps.look.stdout }}" }
`;

const LIBRARIES = [
  { name: 'words', sha256: sha256(WORDS) },
  { name: 'ends', sha256: sha256(ENDS) },
];

function folder() {
  const cwd = temporaryFolder();
  const inFolder = (...path: readonly string[]) => join(cwd, ...path);
  mkdirSync(inFolder('books/lib'), { recursive: true });
  writeFileSync(inFolder('books/look.yaml'), RUNBOOK);
  writeFileSync(inFolder('books/lib/words.yaml'), WORDS);
  writeFileSync(inFolder('books/lib/ends.yaml'), ENDS);
  const command = (args: readonly string[], input = '') => runbookCommand(args, { cwd, input });
  return { inFolder, command };
}

const plainRun = ['--plain', '--auto'];

describe('a runbook with library files beside it', () => {
  test('is valid by its path and by its folder, and is shown expanded', () => {
    const { command } = folder();
    const { stdout, exitCode } = command(['validate', '--strict', 'books/look.yaml']);
    expect([stdout, exitCode]).toEqual(['books/look.yaml: valid\n', 0]);
    expect(command(['show', 'look', '--dir', 'books']).stdout).toContain(
      'echo hello from the library',
    );
    expect(command(['show', 'look', '--dir', 'books', '--source']).stdout).toBe(RUNBOOK);
  });

  test('does not make its library files runbooks, but they can be checked', () => {
    const { command } = folder();
    expect(command(['list', '--dir', 'books']).stdout).not.toContain('words');
    const { stdout, exitCode } = command(['validate', 'books/lib']);
    expect(stdout).toContain('books/lib/words.yaml: valid');
    expect(exitCode).toBe(0);
  });

  test('resumes with the library files of its start, and its record has the digest of each', () => {
    const { inFolder, command } = folder();
    const begun = command(['run', 'books/look.yaml', ...plainRun]);
    expect(begun.stdout).toContain('hello from the library');
    writeFileSync(inFolder('books/lib/words.yaml'), WORDS.replace('hello', 'goodbye'));
    writeFileSync(inFolder('books/lib/ends.yaml'), 'fragments: {}\n');
    const [id = ''] = readdirSync(inFolder('state/runs'));
    const run = inFolder('state/runs', id);
    const [start = '{}'] = readFileSync(join(run, 'journal.jsonl'), 'utf8').split('\n');
    const { runbook } = JSON.parse(start).event;
    expect(runbook.libraries).toEqual(LIBRARIES);
    const kept = readFileSync(join(run, 'runbook.yaml'), 'utf8');
    expect(kept).toContain(WORDS);
    expect(runbook.sha256).toBe(sha256(kept));
    const resumed = command(['resume', id, '--plain']);
    expect(resumed).toMatchObject({ stderr: '', exitCode: EXIT.notConfirmed });
    expect(resumed.stdout).toContain('Check what it said: hello from the library');
    expect(resumed.stdout).not.toContain('goodbye');
    const { stdout } = command(['transcript', id]);
    expect(stdout).toContain('greeting: hello from the library');
    expect(stdout).not.toContain('goodbye');
  });
});
