import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { RecordedEvent } from '#events/log/event.ts';
import { foldEvents } from '#events/view/fold.ts';
import { plainLines } from '#report/plain/event.ts';
import { openingLines } from '#report/plain/lines.ts';
import { detailLines } from '#report/plain/look.ts';
import { asciicast } from '#report/transcript/asciicast.ts';
import { transcriptHtml } from '#report/transcript/html/page.ts';
import { transcriptJson } from '#report/transcript/json.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { postmortemMarkdown } from '#report/transcript/postmortem.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { shownAction } from '#run/values/shown-action.ts';
import { digestOf } from '#safety/actions/digest.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { blockLines } from '#ui/draw/block.ts';
import { lineText } from '#ui/draw/line.ts';
import { detailBlocks } from '#ui/draw/output-blocks.ts';
import { OPENED, stateFor } from '#ui/keys/screen-state.ts';
import { drawFrame } from '#ui/panes/frame.ts';
import { parsed, sha256 } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RUNBOOK = `
name: post
title: Post
summary: Posts a version.
inputs: { folder: {}, version: {}, token: { secret: true } }
steps:
  - id: roll_back
    title: Roll back
    effect: change
    shell: cat > answer
    cwd: '\${{ inputs.folder }}'
    env: { TOKEN: '\${{ inputs.token }}', REGION: eu-1 }
    stdin: |
      {"to": "v1",
       "also": "\${{ inputs.version }}"}
    ok_exit: [0, 3]
    timeout: 90s
    undo: { shell: echo v0 > answer }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const given = { version: 'x","to":"v0', token: 'tok-hunter2-value' };
const outputs = () => undefined;

/** A run that is confirmed, and the records of it up to its gate, to its start and to its end. */
async function recorded(mode: 'live' | 'dry-run' = 'live') {
  const folder = temporaryFolder();
  const store = runStore(join(folder, 'state'));
  const run = await startRun(parsed(RUNBOOK, 'post'), {
    store,
    surroundings,
    given: { ...given, folder },
    attended: true,
    source: { file: 'post', text: RUNBOOK },
    auto: true,
    mode,
  });
  run.begin();
  // The folder is looked at before the gate.
  const { digest } = await vi.waitFor(() => {
    const { gate } = run.session.view();
    if (gate === undefined) throw new Error('no gate yet');
    return gate;
  });
  send(run.session, { type: 'confirm', digest });
  await run.session.ended;
  await run.close();
  const { records } = readJournal(store.openRun(run.id).journal);
  const upTo = (type: string) =>
    records.slice(0, records.findLastIndex(({ event }) => event.type === type) + 1);
  return { folder, records, atGate: upTo('gate.opened'), started: upTo('step.started') };
}

function linesOf(records: readonly RecordedEvent[]): string {
  return records
    .flatMap((record, index) => {
      const view = foldEvents(records.slice(0, index + 1));
      return view === undefined ? [] : plainLines(record, { view, columns: 100, shown: undefined });
    })
    .map(({ text }) => text)
    .join('\n');
}

function viewOf(records: readonly RecordedEvent[]) {
  const view = foldEvents(records);
  if (view === undefined) throw new Error('there is no run');
  return view;
}

function screenOf(records: readonly RecordedEvent[], rows = 40): string {
  const view = viewOf(records);
  const state = stateFor(OPENED, view);
  const frame = drawFrame({ view, state, live: [], now: 0, columns: 160, rows });
  return frame.lines.map(lineText).join('\n');
}

function unknownAfter(records: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const last = records.at(-1);
  if (last === undefined) throw new Error('there is no record');
  const awaited = {
    type: 'operator.awaited',
    step: 'roll_back',
    for: 'unknown',
    can: ['retry', 'skip'],
  } as const;
  return [...records, { seq: last.seq + 1, at: last.at, event: awaited }];
}

const SURFACES = {
  'the screen': ({ atGate }) => screenOf(atGate),
  'the details of the screen': ({ atGate }) =>
    blockLines(detailBlocks(viewOf(atGate)), 100)
      .map(lineText)
      .join('\n'),
  'plain mode': ({ atGate }) => linesOf(atGate),
  'the details of plain mode': ({ atGate }) =>
    detailLines(viewOf(atGate), 100)
      .map(({ text }) => text)
      .join('\n'),
  'the first lines of a resumed run': ({ atGate }) =>
    openingLines(viewOf(atGate), 100)
      .map(({ text }) => text)
      .join('\n'),
  'the question about an unknown outcome on the screen': ({ started }) =>
    screenOf(unknownAfter(started)),
  'the question about an unknown outcome in plain mode': ({ started }) =>
    openingLines(viewOf(unknownAfter(started)), 100)
      .map(({ text }) => text)
      .join('\n'),
  'the transcript': ({ records }) => transcriptMarkdown(records, { outputs }),
  'the page': ({ records }) => transcriptHtml(records, { outputs }),
  'the postmortem': ({ records }) => postmortemMarkdown(records, { outputs }),
  'the JSON export': ({ records }) => JSON.stringify(transcriptJson(records, { outputs })),
  'the recording': ({ records }) => asciicast(records),
} satisfies Record<string, (run: Awaited<ReturnType<typeof recorded>>) => string>;

test.each(Object.entries(SURFACES))(
  '%s has the folder, the environment, the standard input and the settings',
  async (_, surface) => {
    const run = await recorded();
    const shown = surface(run)
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll(/\\+"|&(?:quot|#34);/g, '"');
    expect(shown).toContain(run.folder);
    expect(shown).toContain('REGION=eu-1');
    expect(shown).toContain('{"to": "v1",');
    expect(shown).toContain('"also": "x","to":"v0"}');
    expect(shown).toMatch(/time limit 1 min 30 s/);
    expect(shown).toMatch(/exit codes 0, 3 succeed/);
    expect(shown).toMatch(/TOKEN=.?‹secret:token›/);
    expect(shown).not.toContain('hunter2');
  },
);

test('a dry run shows the same', async () => {
  const run = await recorded('dry-run');
  const shown = linesOf(run.records);
  expect(shown).toContain('DRY RUN');
  expect(shown).toContain(`folder: ${run.folder}`);
  expect(shown).toContain('"also": "x","to":"v0"}');
});

const SHELL: ShellAction = {
  kind: 'shell',
  target: 'local',
  script: 'rm -rf -- cache',
  env: { A: '1' },
  cwd: '/srv/a',
  stdin: 'yes\n',
  okExit: [0],
  parse: 'text',
  interactive: false,
  readOnly: false,
  timeoutMs: 60_000,
};

const SQL: SqlAction = {
  kind: 'sql',
  target: 'db',
  text: 'DELETE FROM t WHERE id = $1',
  values: [1],
  readOnly: false,
  timeoutMs: 10_000,
  origin: [],
};

/** Other values of every part of an action; a part that is added has to be added here. */
const OTHER_SHELL: { readonly [K in keyof Required<ShellAction>]: readonly ShellAction[K][] } = {
  kind: [],
  target: ['shop'],
  place: [
    { kind: 'ssh', destination: 'ops@shop-1' },
    { kind: 'docker', container: 'shop' },
    { kind: 'kubernetes', workload: { kind: 'pod', name: 'shop-1' } },
  ],
  script: ['rm -rf -- cachE'],
  env: [{ A: '2' }, { B: '1' }, {}],
  cwd: ['/srv/b', '', undefined],
  stdin: ['yes', 'yes\n\n', '', undefined],
  okExit: [[0, 1]],
  parse: ['json', 'lines'],
  interactive: [true],
  // What is not a read has the gate: its frame says CHANGE or DESTRUCTIVE.
  readOnly: [],
  timeoutMs: [61_000, 60_500],
};

const OTHER_SQL: { readonly [K in keyof Required<SqlAction>]: readonly SqlAction[K][] } = {
  kind: [],
  target: ['db2'],
  text: ['DELETE FROM t WHERE id > $1'],
  values: [[2], [1, 1]],
  readOnly: [],
  timeoutMs: [11_000],
  origin: [],
  each: [{ rows: [{ id: 1 }], again: SQL }],
};

const CHANGED = [
  ...Object.entries(OTHER_SHELL).flatMap(([name, values]) =>
    values.map((value) => [`shell ${name}`, value, SHELL, { ...SHELL, [name]: value }] as const),
  ),
  ...Object.entries(OTHER_SQL).flatMap(([name, values]) =>
    values.map((value) => [`sql ${name}`, value, SQL, { ...SQL, [name]: value }] as const),
  ),
];

test.each(CHANGED)('another %s %j is another digest and another gate', (_, __, before, after) => {
  const digest = (action: ShellAction | SqlAction) =>
    digestOf({ step: 's', action, where: 'here', rows: [] }, sha256);
  expect(digest(after)).not.toBe(digest(before));
  const shown = (action: ShellAction | SqlAction) => {
    const gate = {
      type: 'gate.opened',
      step: 's',
      title: 'S',
      effect: 'change',
      action: shownAction(action, { targets: {} }),
      digest: 'd',
      level: 'key',
      operator: 'ada',
    } as const;
    const view = viewOf([{ seq: 1, at: '2026-01-01T00:00:00.000Z', event: STARTED }]);
    const at = '2026-01-01T00:00:01.000Z';
    return plainLines({ seq: 2, at, event: gate }, { view, columns: 100, shown: undefined })
      .map(({ text }) => text)
      .join('\n');
  };
  expect(shown(after)).not.toBe(shown(before));
});

const STARTED = {
  type: 'run.started',
  version: 1,
  runId: 'r1',
  mode: 'live',
  runbook: {
    name: 'r',
    title: 'R',
    severity: 'low',
    summary: 'R',
    file: 'r.yaml',
    sha256: '',
    prevention: [],
    related: [],
  },
  steps: [{ id: 's', title: 'S', phase: 'fix', kind: 'shell', effect: 'change' }],
  inputs: [],
  targets: [],
  operator: 'ada',
  host: 'desk',
  pid: 1,
  program: 'runbook',
} as const;
