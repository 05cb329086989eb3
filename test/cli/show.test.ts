import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSource } from '#cli/library/find-runbook.ts';
import { documentMarkdown } from '#report/document/markdown.ts';
import { runbookDocument } from '#report/document/runbook.ts';
import { documentText } from '#report/document/terminal.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { widthOf } from '#text/width.ts';
import { shipped } from '../fixtures/compiled.ts';
import { appliedAll } from '../fixtures/effects/applied.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const textAt = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The fixture with a step of every kind; the runbook that is one of its steps comes from the library. */
function everyKind(): Runbook {
  const source = { file: 'every-kind.yaml', text: textAt('../fixtures/every-kind.yaml') };
  const result = parseRunbook(source, {
    runbook: (name) => readSource(`runbooks/${name}.yaml`),
  });
  if (!result.ok) throw new Error(formatDiagnostics(source, result.diagnostics));
  return result.value;
}

describe('a runbook as a document', () => {
  test('tells every kind of step as something a person can do', async () => {
    const markdown = documentMarkdown(runbookDocument(everyKind()));
    await expect(markdown).toMatchFileSnapshot('../fixtures/show-every-kind.md.txt');
  });

  test('is the whole runbook, as the shipped one shows', async () => {
    const markdown = documentMarkdown(
      runbookDocument(appliedAll(shipped('pool-exhausted')).runbook),
    );
    await expect(markdown).toMatchFileSnapshot('../fixtures/show-pool-exhausted.md.txt');
  });

  test('is the same in a terminal, wrapped to its width but for what is there to be copied', async () => {
    const text = documentText(runbookDocument(everyKind()), { width: 72, colours: false });
    await expect(text).toMatchFileSnapshot('../fixtures/show-every-kind.txt');
    const prose = text.split('\n').filter((line) => !line.startsWith('    '));
    expect(Math.max(...prose.map(widthOf))).toBeLessThanOrEqual(72);
    expect(text).toContain(
      `    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (pid, backend_start) IN (\${{ preview.rows }})\n`,
    );
  });

  test('is coloured without the marks of Markdown, and says the same', () => {
    const blocks = runbookDocument(everyKind());
    const coloured = documentText(blocks, { width: 72, colours: true });
    const plain = documentText(blocks, { width: 72, colours: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
    const bare = (text: string) => text.replaceAll(/[`*]|\u001b\[[\d;]*m/g, '');
    expect(bare(coloured)).toBe(bare(plain));
    expect(coloured).toContain('\u001b[1mDESTRUCTIVE\u001b[0m');
    expect(coloured).toContain('\u001b[36mresult.done\u001b[0m');
  });

  test('shows nothing that moves the cursor', () => {
    const blocks = [{ kind: 'text', text: 'a \u001b[2J b' }] as const;
    expect(documentText(blocks, { width: 72, colours: false })).not.toContain('\u001b');
  });
});

describe('runbook show', () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url));

  test('prints plain lines of 80 columns where there is no terminal', () => {
    const { stdout, exitCode } = runbookCommand(['show', 'pool-exhausted'], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Connection pool exhausted\n═{80}\n/);
  });

  test('prints Markdown, or the file as it is, when told so', () => {
    const file = textAt('../../runbooks/pool-exhausted.yaml');
    const markdown = runbookCommand(['show', 'pool-exhausted', '--markdown'], { cwd });
    expect(markdown.stdout).toBe(
      documentMarkdown(runbookDocument(appliedAll(shipped('pool-exhausted')).runbook)),
    );
    expect(runbookCommand(['show', 'pool-exhausted', '--source'], { cwd }).stdout).toBe(file);
    const both = runbookCommand(['show', 'pool-exhausted', '--source', '--markdown'], { cwd });
    expect(both.exitCode).toBe(2);
  });

  test('prints one step alone, with its number in the story', () => {
    const { stdout } = runbookCommand(['show', 'pool-exhausted', '--step', 'holders'], { cwd });
    expect(stdout).toMatch(/^2\. Who holds the connections\?\n/);
    expect(stdout).not.toContain('How full is the server?');
    const ended = runbookCommand(['show', 'pool-exhausted', '--step', 'holdres'], { cwd });
    expect(ended.stderr).toContain('did you mean "holders"?');
  });

  test('names the runbooks that are near when there is none of the name', () => {
    const ended = runbookCommand(['show', 'pool-exhaustd'], { cwd: temporaryFolder() });
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain('did you mean "pool-exhausted"?');
  });
});
