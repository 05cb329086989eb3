import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { expect, test } from 'vitest';
import { fromPage } from '#cli/commands/new/from-page.ts';
import { loadRunbook } from '#cli/library/load-runbook.ts';
import { readCases } from '#rehearsal/cases/read.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PAGE = `# Pods restart

Pods of the shop are restarting.

## 1. Diagnosis

Check the state of the pod:

\`\`\`shell
kubectl get pod <pod> -n "<namespace>"
\`\`\`

\`\`\`console
$ kubectl logs --previous {{ pod }}
panic: no configuration
\`\`\`

If the log shows OOMKilled, raise the limit with the owner.

- Check [the dashboard](https://grafana.example/d/1).
- Ask **the owner**.

## Is the database full?

\`\`\`sql
SELECT count(*) FROM pg_stat_activity WHERE datname = '<database>';
\`\`\`

## Restart it

This interrupts requests. They are sent again.

\`\`\`bash
kubectl rollout restart deployment/shop
\`\`\`

\`\`\`sh
echo "not closed
\`\`\`
`;

test('a page becomes steps, reasons, instructions and inputs', async () => {
  const { runbook } = await fromPage(PAGE, 'pods');
  expect(runbook).toMatchInlineSnapshot(`
    "name: pods
    title: Pods restart
    summary: Pods of the shop are restarting.
    inputs:
      database_url:
        type: url
        secret: true
        env: DATABASE_URL
      database:
        type: text
    targets:
      db:
        database: \${{ inputs.database_url }}
      host:
        local: true
    steps:
      - id: check_the_state_of_the_pod
        title: Check the state of the pod
        manual: kubectl get pod "$POD" -n "$NAMESPACE"
      - id: diagnosis
        title: Diagnosis
        manual: |-
          kubectl logs --previous "$POD"
          # panic: no configuration
      - id: diagnosis_2
        title: Diagnosis (2)
        manual: |-
          If the log shows OOMKilled, raise the limit with the owner.

          - Check the dashboard (https://grafana.example/d/1).
          - Ask the owner.
      - id: is_the_database_full
        title: Is the database full?
        sql: SELECT count(*) FROM pg_stat_activity WHERE datname = \${{ inputs.database }}
        on: db
      - id: restart_it
        title: Restart it
        why: This interrupts requests. They are sent again.
        shell: kubectl rollout restart deployment/shop
        on: host
      - id: restart_it_2
        title: Restart it (2)
        manual: echo "not closed
      - id: is_it_solved
        ask:
          question: Is the incident over?
          choices:
            'Yes': solved
            'No': not_solved
      - id: solved
        finish:
          outcome: resolved
          summary: The operator says that it is over.
      - id: not_solved
        finish:
          outcome: unresolved
          summary: The page did not help.
    "
  `);
});

test('a comment is no command, and what was printed is not run', async () => {
  const page =
    '# T\n\n## A\n\n```sh\n# rm -rf /srv\nls\n```\n\n## B\n\n```console\n$ ls /srv\nrm -rf /srv\n# rm x\n```\n';
  const { runbook } = await fromPage(page, 'page');
  const loaded = await loadRunbook({ file: 'page.yaml', text: runbook });
  const effects = loaded.steps.flatMap(({ does }) => ('effect' in does ? [does.effect] : []));
  expect(effects).toEqual(['read', 'read']);
});

test('a redirection is no placeholder', async () => {
  const page = '# T\n\n## A\n\n```sh\ncat <<EOF > x\na\nEOF\nsort <in >out\n```\n';
  const { runbook } = await fromPage(page, 'page');
  expect(runbook).toContain('cat <<EOF > x');
  expect(runbook).toContain('sort <in >out');
});

test('a command of a session goes on in the line below', async () => {
  const page =
    '# T\n\n## A\n\n```console\n$ kubectl delete pod x \\\n  --dry-run=client\nDone.\n```\n';
  const { runbook } = await fromPage(page, 'page');
  expect(runbook).toContain('kubectl delete pod x \\\n        --dry-run=client\n      # Done.');
});

test('the command writes the draft and a case that it passes, and says what is left to decide', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'page.md'), PAGE);
  const made = runbookCommand(['new', 'pods', '--from', 'page.md', '--severity', 'high'], { cwd });
  expect(readFileSync(join(cwd, 'runbooks/pods.yaml'), 'utf8')).toContain('severity: high');
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  expect(made.stdout).toMatch(/\d things to decide: runbook validate says which\./);
  expect(runbookCommand(['test', 'pods'], { cwd }).stdout).toContain('1 passed');
  const again = runbookCommand(['new', 'pods', '--from', 'page.md', '--engine', 'mysql'], { cwd });
  expect(again.exitCode).toBe(2);
  expect(again.stderr).toContain('--engine does not apply');
});

/** What pages of others hold: each alone is a trap for one of Markdown, YAML, bash, SQL or CEL. */
const PIECES = [
  ...[
    '# A title',
    '## Look',
    '## Look',
    '### 2.',
    '---',
    '> quoted',
    '<!-- hidden -->',
    '<b>x</b>',
  ],
  ...['```sh\nrm -rf <dir>/*\n```', '```sh\nif true; then\n```', '```\nls $HOME\n```', '```\n```'],
  ...[
    '```sql\nSELEC 1\n```',
    "```sql\nSELECT '<a b>', <a>\n```",
    '```mysql\nKILL <id>\n```',
    '```',
  ],
  ...[
    '${{ inputs.x }}',
    '- on: yes\n- "a": [',
    '1. one\n\n   ```sh\n   ls\n   ```',
    'If so, stop.',
  ],
  ...[
    '```sh\necho ${{ x }} \'<q>\' "<q>"\n```',
    '```yaml\na: &b c\n```',
    '\u0007 \u{1F691} | a | b |',
    '    code',
  ],
];

test('every page becomes a valid draft that passes its case', async () => {
  await assert(
    asyncProperty(array(constantFrom(...PIECES), { maxLength: 12 }), async (pieces) => {
      const { runbook, cases } = await fromPage(pieces.join('\n\n'), 'page');
      const loaded = await loadRunbook({ file: 'page.yaml', text: runbook });
      const read = readCases({ file: 'page.test.yaml', text: cases }, loaded);
      expect([pieces, read.ok]).toEqual([pieces, true]);
    }),
    { numRuns: 150 },
  );
});
