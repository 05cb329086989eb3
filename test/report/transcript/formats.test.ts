import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { checkedOutCommit, committed } from '#cli/commands/run/commit.ts';
import { TRANSCRIPT_SCHEMA, transcriptJsonSchema } from '#cli/commands/transcript/schema.ts';
import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { transcriptJson } from '#report/transcript/json.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { postmortemMarkdown } from '#report/transcript/postmortem.ts';
import { HOSTILE, hostileRun } from '../../fixtures/hostile-run.ts';
import * as insideLogs from '../../fixtures/inside-log.ts';
import * as poolLogs from '../../fixtures/pool-exhausted-log.ts';
import { troubled } from '../../fixtures/troubled-run.ts';
import { runbookCommand } from '../../support/start-command.ts';

const { resolved } = poolLogs;
const outputs = () => undefined;
const verified = { problems: [], tornBytes: 0, head: 'ab12'.repeat(16) };

describe('the command', () => {
  const RUNBOOK = `name: look
title: Look
severity: low
summary: It looks.
steps:
  - { id: greet, title: Greet, shell: echo hello }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;
  let cwd = '';
  let commit = '';

  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=ada', '-c', 'user.email=a@b', ...args], {
      cwd,
      encoding: 'utf8',
    }).trim();

  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'runbook-test-'));
    mkdirSync(join(cwd, 'runbooks'));
    writeFileSync(join(cwd, 'runbooks', 'look.yaml'), RUNBOOK);
    git('init', '-q');
    git('add', 'runbooks');
    git('commit', '-q', '-m', 'first');
    commit = git('rev-parse', 'HEAD');
    expect(runbookCommand(['run', 'look', '--plain', '--auto'], { cwd }).exitCode).toBe(0);
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  test('prints markdown, with the commit of the runbook and its text, folded', () => {
    const { stdout } = runbookCommand(['transcript'], { cwd });
    expect(stdout).toContain(`- Git commit: \`${commit}\``);
    expect(stdout).toContain('- Terminal: none');
    expect(stdout).toMatch(
      /<details><summary>runbooks\/look.yaml, 7 lines<\/summary>[\s\S]*summary: It looks\.[\s\S]*<\/details>/,
    );
  });

  test('takes the format from the ending of the file, and --format over it', () => {
    const written = (...args: readonly string[]) => {
      const file = args[1] ?? '';
      expect(runbookCommand(['transcript', ...args], { cwd }).exitCode).toBe(0);
      return readFileSync(join(cwd, file), 'utf8');
    };
    const page = written('-o', 'run.html');
    expect(page).toMatch(/^<!DOCTYPE html>/);
    expect(page).toContain('class="node read visited"');
    const json = JSON.parse(written('-o', 'run.json')) as { run: { runbook: { text: string } } };
    expect(TRANSCRIPT_SCHEMA.safeParse(json).error).toBeUndefined();
    expect(json.run.runbook.text).toBe(RUNBOOK);
    expect(written('-o', 'draft.html', '--format', 'postmortem')).toMatch(/^# Postmortem: Look\n/);
    const cast = written('-o', 'run.cast');
    expect(JSON.parse(cast.split('\n')[0] ?? '')).toMatchObject({ version: 2, width: 100 });
    expect(cast).toContain('Greet');
    expect(runbookCommand(['transcript', '--format', 'asciicast'], { cwd }).stdout).toBe(cast);
  });

  test('has the text of the runbook as it was, whatever became of the file', () => {
    const file = join(cwd, 'runbooks', 'look.yaml');
    const shown = () => {
      const { stdout } = runbookCommand(['transcript', '--format', 'json'], { cwd });
      return (JSON.parse(stdout) as { run: { runbook: { text: string } } }).run.runbook.text;
    };
    onTestFinished(() => writeFileSync(file, RUNBOOK));
    writeFileSync(file, RUNBOOK.replace('Greet', 'Insult'));
    expect(shown()).toBe(RUNBOOK);
    rmSync(file);
    expect(shown()).toBe(RUNBOOK);
  });

  test('names the formats there are', () => {
    const { stderr, exitCode } = runbookCommand(['transcript', '--format', 'pdf'], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('unknown format "pdf"');
  });

  test('says whether the runbook is the one of that commit', () => {
    const file = join(cwd, 'runbooks', 'look.yaml');
    expect(committed(file, RUNBOOK)).toEqual({ commit, changedSinceCommit: false });
    expect(committed(file, `${RUNBOOK}# later\n`)).toEqual({ commit, changedSinceCommit: true });
    const fresh = join(cwd, 'runbooks', 'fresh.yaml');
    writeFileSync(fresh, RUNBOOK);
    expect(committed(fresh, RUNBOOK)).toEqual({ commit, changedSinceCommit: true });
  });

  test('finds the commit in a work tree, in packed refs and with a detached head', () => {
    const file = join(cwd, 'runbooks', 'look.yaml');
    expect(checkedOutCommit(file)).toBe(commit);
    git('worktree', 'add', '-q', '-b', 'other', 'tree');
    expect(checkedOutCommit(join(cwd, 'tree', 'runbooks', 'look.yaml'))).toBe(commit);
    git('pack-refs', '--all');
    expect(checkedOutCommit(file)).toBe(commit);
    git('checkout', '-q', '--detach');
    expect(checkedOutCommit(file)).toBe(commit);
  });
});

test('a runbook outside of a repository has no commit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(checkedOutCommit(join(folder, 'gone.yaml'))).toBeUndefined();
  mkdirSync(join(folder, '.git'));
  writeFileSync(join(folder, 'x.yaml'), '');
  expect(checkedOutCommit(join(folder, 'x.yaml'))).toBeUndefined();
  writeFileSync(join(folder, '.git', 'HEAD'), 'ref: refs/heads/unborn\n');
  expect(checkedOutCommit(join(folder, 'x.yaml'))).toBeUndefined();
});

describe('the JSON', () => {
  const logs = Object.entries({ ...poolLogs, ...insideLogs, troubled }).flatMap(([name, log]) =>
    typeof log === 'object' && 'events' in log ? [[name, log.events] as const] : [],
  );

  const marked = resolved.events.map((one) =>
    one.event.type === 'branch.taken' ? { ...one, event: { ...one.event, cause: true } } : one,
  ) as typeof resolved.events;
  const all = [...logs, ['marked', marked] as const];

  test.each(all)('of %s is as its schema says, and as JSON the same', (_, events) => {
    const json = transcriptJson(events, { outputs, verified, runbookText: 'name: x' });
    const read: unknown = JSON.parse(JSON.stringify(json));
    expect(TRANSCRIPT_SCHEMA.safeParse(read).error).toBeUndefined();
    expect(read).toEqual(json);
  });

  test('has every action with who answered, and what is open', () => {
    const { run } = transcriptJson(troubled.events, { outputs });
    expect(run?.actions.map(({ state }) => state)).toEqual(['succeeded', 'declined']);
    expect(run?.actions[0]?.gates.at(-1)?.answers.at(-1)).toMatchObject({
      answer: 'confirmed',
      operator: 'ana',
    });
    expect(run?.openPoints.map(({ kind }) => kind)).toEqual([
      'unfinished',
      'declined',
      'skipped',
      'question',
    ]);
    expect(run?.openPoints.at(-1)).toMatchObject({
      note: { text: 'Who took pg_monitor from this role?' },
    });
  });

  test('of a journal without a beginning says so', () => {
    const json = transcriptJson([], { outputs });
    expect(json).toMatchObject({ run: null, integrity: null, events: [] });
    expect(TRANSCRIPT_SCHEMA.safeParse(json).error).toBeUndefined();
  });

  test('holds no secret that slipped into an input', () => {
    const slipped = resolved.events.map((record): RecordedEvent => {
      if (record.event.type !== 'run.started') return record;
      const inputs = [{ name: 'database_url', value: 'pa55', secret: true }];
      return { ...record, event: { ...record.event, inputs } };
    });
    expect(transcriptJson(slipped, { outputs }).run?.inputs).toEqual([
      { name: 'database_url', value: '‹secret:database_url›', secret: true },
    ]);
  });

  test('is documented field by field', () => {
    const page = readFileSync(
      join(import.meta.dirname, '../../../docs/reference/transcript.md'),
      'utf8',
    );
    const rows = page.matchAll(/^\| (`(?:run|masked|integrity)\..*?) \|/gm);
    const documented = Array.from(rows, ([, names = '']) =>
      Array.from(names.matchAll(/`([^`]+)`/g), ([, name = '']) => name),
    ).flat();
    expect(documented.toSorted()).toEqual(foldedFields().toSorted());
  });

  test('has a JSON Schema, in which a version is fixed', () => {
    const schema = transcriptJsonSchema() as { properties: Record<string, unknown> };
    expect(schema.properties.version).toMatchObject({ const: 1 });
    expect(schema.properties.format).toMatchObject({ const: 'runbook-transcript' });
  });
});

type JsonSchema = {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
};

/** The fields of what the events come to, in the JSON Schema: `run.id`, and `run.terminal?` when it may be missing. */
function foldedFields(): readonly string[] {
  const schema = transcriptJsonSchema() as JsonSchema;
  const objectIn = (part: JsonSchema | undefined): JsonSchema | undefined => {
    if (part?.$ref !== undefined)
      return objectIn(schema.$defs?.[part.$ref.split('/').at(-1) ?? '']);
    if (part?.items !== undefined) return objectIn(part.items);
    return part?.properties === undefined ? part?.anyOf?.map(objectIn).find(Boolean) : part;
  };
  return ['run', 'masked', 'integrity'].flatMap((name) => {
    const { properties = {}, required = [] } = objectIn(schema.properties?.[name]) ?? {};
    return Object.keys(properties).map(
      (field) => `${name}.${field}${required.includes(field) ? '' : '?'}`,
    );
  });
}

describe('the postmortem', () => {
  const draft = (events: readonly RecordedEvent[]) =>
    postmortemMarkdown(events, { outputs, timeZone: 'Europe/Berlin', verified });

  test('of a run that went well has the window, the story and the actions', async () => {
    await expect(draft(resolved.events)).toMatchFileSnapshot(
      '../../fixtures/postmortem-resolved.md.txt',
    );
  });

  test('of a run that did not begins with what failed, and asks what the notes ask', () => {
    const text = draft(troubled.events);
    expect(text).toContain(
      '(04:12:00 +01:00 Europe/Berlin): “How full is the server?” failed: reset',
    );
    expect(text).toContain('| Resolved | – |  | the run has not ended |');
    expect(text).toContain('**ben declined**: enough is free');
    expect(text).toContain('- [ ] Asked by ana: Who took pg_monitor from this role?');
  });

  test('compares the first diagnosis with the last reading of the same columns after the change', () => {
    const events = resolved.events.flatMap((record): readonly RecordedEvent[] => {
      const { event } = record;
      if (event.type !== 'step.finished' || event.step !== 'free_slots') return [record];
      return [9, 6].map((used) => {
        const result = { ...event.result, rows: [{ used, usable: 17, other: 'x' }] };
        return { ...record, event: { ...event, result } };
      });
    });
    const text = draft(events);
    expect(text).toContain('| How full is the server? | used | 17 | 03:12:06 | 6 | 03:12:42 |');
    expect(text).toContain('| How full is the server? | usable | 17 | 03:12:06 | 17 | 03:12:42 |');
    expect(text).not.toContain('max_connections |');
    expect(draft(resolved.events)).not.toContain('| How full is the server? |');
  });

  test('of a run that was given up has no end of the window', () => {
    const events = resolved.events.map((record): RecordedEvent => {
      const { event } = record;
      if (event.type !== 'run.finished') return record;
      return { ...record, event: { ...event, outcome: 'aborted' } };
    });
    expect(draft(events)).toContain('| Resolved | – |  | the run ended aborted |');
    expect(draft(resolved.events)).toContain('| Resolved | 03:12:42 UTC (04:12:42) | 42 s |');
  });

  test.each(HOSTILE)('%j in every place makes no heading of its own', (data) => {
    const headings = (text: string) =>
      text.replaceAll(/^(`{3,})[a-z]*\n[\s\S]*?^\1$/gm, '').match(/^#+ /gm)?.length;
    expect(headings(draft(hostileRun(data)))).toBe(headings(draft(hostileRun('word'))));
    expect(draft(hostileRun(data))).not.toMatch(/[\p{Cc}\u202e\u2028](?<![\n\t])/u);
  });
});

test('a mask says by which rule it is one', () => {
  const started = resolved.events[0]?.event as EventOf<'run.started'>;
  const noted = (name: string): RecordedEvent => ({
    seq: 99,
    at: '2026-11-21T04:00:00.000Z',
    event: { type: 'operator.noted', operator: 'ana', text: `‹secret:${name}›` },
  });
  const rule = (name: string, environment?: string) => {
    const event = environment === undefined ? started : { ...started, environment };
    const first = { seq: 1, at: '2026-11-21T03:12:00.000Z', event };
    const text = transcriptMarkdown([first, noted(name)], { outputs });
    return /stands for (?<rule>.*)/.exec(text)?.groups?.rule;
  };
  expect(rule('database_url')).toBe('a secret input');
  expect(rule('url-password')).toBe('a password in a URL');
  expect(rule('steps.pin.answer')).toBe('the answer to a secret question');
  expect(rule('capacity.password')).toBe('a secret value given to this step');
  expect(rule('token', 'prod')).toBe('a secret of the environment of the run');
});
