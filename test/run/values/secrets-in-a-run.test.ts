import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookCommand } from '../../support/start-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Runs one script with `DATABASE_URL` in `$URL`; returns all that was printed and all that was kept. */
function ran(script: string, url: string) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'look.yaml'), runbookWith(script));
  const env = { DATABASE_URL: url };
  const run = runbookCommand(['run', './look.yaml', '--plain', '--auto'], { cwd, env });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  const transcripts = ['md', 'html', 'json', 'cast'].map((format) => {
    const out = `record.${format}`;
    expect(runbookCommand(['transcript', '-o', out], { cwd }).exitCode).toBe(0);
    return readFileSync(join(cwd, out), 'utf8');
  });
  const state = join(cwd, 'state');
  const kept = readdirSync(state, { recursive: true, encoding: 'utf8' })
    .map((file) => join(state, file))
    .filter((file) => statSync(file).isFile() && !file.endsWith('.yaml'))
    .map((file) => readFileSync(file, 'utf8'));
  return { printed: run.stdout, everything: [run.stdout, ...transcripts, ...kept] };
}

function runbookWith(script: string): string {
  return `name: look
title: Look
severity: low
summary: It looks at the shop.
inputs:
  database_url: { type: url, secret: true, env: DATABASE_URL }
  tenant: { default: shop }
targets:
  db: { database: "\${{ inputs.database_url }}" }
  here: { local: true }
steps:
  - id: shop
    title: Look at the shop
    on: here
    env: { URL: "\${{ inputs.database_url }}" }
    effect: read
    read_because: It only prints.
    shell: |
${script.replaceAll(/^/gm, '      ')}
    next: [{ finding: "The shop of \${{ inputs.tenant }} is open: \${{ result.stdout }}", goto: done }]
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;
}

/** What is left to read when a terminal has drawn it. */
function drawn(text: string): string {
  return text.replace(NOT_DRAWN, '');
}

const ESC = String.raw`(?:\u001b|\\u001b|␛)`;
const NOT_DRAWN = new RegExp(String.raw`${ESC}\[[0-9;]*[A-Za-z]|\u200b|\u00ad`, 'g');

const PASSWORD = 'hunter2-S3cret';
const PRINTS = [
  'p=${URL#*://app:}; p=${p%%@*}; h=${p:0:5}; t=${p:5}',
  String.raw`printf "colour %s\033[0m%s\n" "$h" "$t"`,
  'echo "grep $p" | grep --color=always nter2',
  String.raw`printf "cursor %s\033[1C%s\n" "$h" "$t"`,
  String.raw`printf "space %s\xe2\x80\x8b%s\n" "$h" "$t"`,
  String.raw`printf "hyphen %s\xc2\xad%s\n" "$h" "$t"`,
];

test('a password with something inside that is not drawn is in nothing that is shown or kept', () => {
  const { printed, everything } = ran(
    PRINTS.join('\n'),
    `postgres://app:${PASSWORD}@db1.example/shop`,
  );
  for (const kind of ['colour', 'grep', 'cursor', 'space', 'hyphen'])
    expect(printed).toContain(`${kind} ‹secret:database_url›`);
  for (const text of everything) expect(drawn(text)).not.toContain(PASSWORD);
});

test('a password that equals user and database is masked as a password, and the rest can be read', () => {
  const { printed, everything } = ran(
    'echo "$URL"; echo "the shop is open"',
    'postgres://shop:shop@localhost/shop',
  );
  expect(printed).toContain('db: postgres shop@localhost:5432/shop');
  expect(printed).toContain('Look at the shop (shop)');
  expect(printed).toContain('the shop is open');
  expect(printed).toContain('The shop of shop is open');
  for (const text of everything) {
    expect(text).not.toContain('shop:shop@');
    expect(text).not.toMatch(/‹secret:[^›]*›@localhost:5432\/‹|the ‹secret/);
  }
});
