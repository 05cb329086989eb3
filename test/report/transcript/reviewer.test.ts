import { expect, test } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import { foldEvents } from '#events/view/fold.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { postmortemMarkdown } from '#report/transcript/postmortem.ts';
import { finishedPane } from '#ui/panes/finished.ts';
import { type EventLog, viewOf } from '../../fixtures/event-log.ts';
import { afterChild } from '../../fixtures/inside-log.ts';
import { atFirstStart, atGate, resolved, terminating } from '../../fixtures/pool-exhausted-log.ts';
import { CAPACITY } from '../../fixtures/pool-exhausted-steps.ts';

const outputs = () => undefined;
const transcript = ({ events }: EventLog, timeZone?: string) =>
  transcriptMarkdown(events, { outputs, ...(timeZone === undefined ? {} : { timeZone }) });
const postmortem = ({ events }: EventLog) => postmortemMarkdown(events, { outputs });

const STEP = 'terminate_idle';
const DECLINED: readonly RunEvent[] = [
  {
    type: 'gate.answered',
    step: STEP,
    answer: 'declined',
    operator: 'ana',
    digest: 'sha256:9b1e',
    reason: 'ben decides',
  },
  {
    type: 'step.settled',
    step: STEP,
    status: 'failed',
    error: { kind: 'declined', message: 'declined: ben decides' },
  },
];
const declined = atGate.add(1_000, ...DECLINED);

test('what was declined is called that, once, and not a failure', () => {
  const text = transcript(declined);
  expect(text).toContain('### Action 1: End sessions that have been idle too long (declined)');
  // At the gate, in the timeline, and nowhere with "failed".
  expect(text.match(/\*\*ana declined\*\*: ben decides/g)).toHaveLength(2);
  expect(text).not.toMatch(/counts as (\*\*)?failed/);
  expect(postmortem(declined)).not.toContain('**failed**');
});

test('a change by hand lies between when it was shown and when it was reported', () => {
  const byHand = declined.add(
    { type: 'step.entered', step: 'lower_pool', visit: 1 },
    90_000,
    {
      type: 'operator.acted',
      ...{ step: 'lower_pool', operator: 'ana' },
      intent: { type: 'report', done: true, evidence: 'rollout 4711' },
    },
    { type: 'step.settled', step: 'lower_pool', status: 'succeeded' },
    5_000,
    { type: 'run.finished', outcome: 'resolved', summary: 'It works.' },
  );
  const draft = postmortem(byHand);
  expect(draft).toContain(
    "- Changed: Lower the application's pool size (ana) · shown at 03:12:29, reported done at 03:13:59",
  );
  expect(draft).toMatch(
    /\*\*03:12:29\*\* \+00:29 · shown \(`lower_pool`\)\n- \*\*03:13:59\*\* \+01:59 · ana reported it done: rollout/,
  );
  expect(draft).toMatch(
    /Mitigated \| 03:13:59 UTC .* was reported done then; it was shown at 03:12:29 UTC/,
  );
  expect(transcript(byHand)).toContain(
    "ana reported “Lower the application's pool size” done, shown at 03:12:29 UTC: rollout 4711",
  );
  const page = finishedPane(viewOf(byHand), 100).body.map((line) =>
    line.map(({ text }) => text).join(''),
  );
  expect(page.join('\n')).toMatch(
    /Changed {4}by hand {3}Lower .* · shown at 03:12:29, reported done at +ana/,
  );
});

test('a runbook that fixes the incident itself names its kind, also if it can open another', () => {
  const opens = {
    id: 'locks',
    title: 'Locks',
    phase: 'fix',
    kind: 'runbook',
    effect: 'read',
  } as const;
  const events = resolved.events.map((record) =>
    record.event.type === 'run.started'
      ? { ...record, event: { ...record.event, steps: [...record.event.steps, opens] } }
      : record,
  );
  expect(postmortemMarkdown(events, { outputs })).toMatch(
    /^# Postmortem: Connection pool exhausted: 11 sessions of shop-web /,
  );
});

test('what one declined and another did later is not left open', () => {
  const gate = atGate.events.find(({ event }) => event.type === 'gate.opened')?.event;
  const done = resolved.events.filter(({ event }) => {
    const runs = event.type === 'step.started' || event.type === 'step.finished';
    return runs && event.step === STEP && event.part === 'action';
  });
  const again = { type: 'step.entered', step: STEP, visit: 2 };
  const events = [again, gate, ...done.map(({ event }) => event)] as readonly RunEvent[];
  const point = '- [ ] Declined: “End sessions that have been idle too long”';
  expect(transcript(declined)).toContain(point);
  expect(transcript(declined.add(1_000, ...events))).not.toContain(point);
});

test('steps inside of others are counted beside, not among, those of the runbook', () => {
  const text = transcript(afterChild);
  expect(text).toMatch(/^\d of 4 steps reached, and 4 steps inside them, /m);
  expect(transcript(atFirstStart)).toMatch(/^1 of 9 steps reached, \d/m);
});

test('what ends while several run is told of the one that ended', () => {
  const item = (index: number) => ({ index, count: 2, label: `host${index}` });
  const of = { step: 'capacity', visit: 1, part: 'action', attempt: 1 } as const;
  const starts = (index: number): RunEvent => {
    return { type: 'step.started', ...of, effect: 'read', action: CAPACITY, item: item(index) };
  };
  const ends = (index: number): RunEvent => {
    const status = index === 1 ? 'failed' : 'succeeded';
    const bad = index === 1 ? { error: { kind: 'exit', message: 'it broke' } as const } : {};
    return { type: 'step.finished', ...of, status, ms: 5, outputs: [], item: item(index), ...bad };
  };
  const text = transcript(atFirstStart.add(1_000, starts(1), starts(2), ends(1), ends(2)));
  expect(text).toMatch(/1 of 2: host1: ended after 5 ms: \*\*failed\*\*: `exit` it broke/);
  expect(text).toMatch(/2 of 2: host2: ended after 5 ms: succeeded/);
  expect(text).not.toMatch(/host2: ran .*failed/);
});

test('a run that was left is as long as it was in hand, and says where it stands', () => {
  const left = atGate
    .add(3_000, { type: 'run.paused', reason: 'the operator left' })
    .add(600_000, { type: 'run.handed-over', operator: 'ana', host: 'ops1', to: 'ben' });
  const text = transcript(left);
  expect(text).toMatch(/\*\*Not finished\*\*: paused after \d\d s, the operator left/);
  expect(text).toContain('- [ ] The run is not finished. It is at “End sessions');
  expect(postmortem(left)).toContain('ana handed the run over to ben');
});

test('a local time of another day has its date', () => {
  const began = '- Started: 2026-11-21 03:12:00 UTC';
  expect(transcript(resolved, 'America/Los_Angeles')).toContain(
    `${began} (2026-11-20 19:12:00 -08:00 America/Los_Angeles)`,
  );
  expect(transcript(resolved, 'Europe/Berlin')).toContain(
    `${began} (04:12:00 +01:00 Europe/Berlin)`,
  );
});

test('the header says which zone times are in, and which server it was', () => {
  const text = transcript(
    atFirstStart.add(1_000, {
      type: 'target.connected',
      target: 'db',
      description: 'postgres app@10.0.3.7:5432/shop',
      reserved: false,
      facts: { version: '18.4', database: 'shop', session: 7 },
    }),
  );
  expect(text).toContain('- Times: in UTC, then since the start of the run');
  expect(text).toContain('postgres app@10.0.3.7:5432/shop, version `18.4`, ');
  expect(text).toContain('(`version = "18.4"`, `session = 7`)');
});

test('a dry run says so where it says how it ended', () => {
  const events = resolved.events.map((record) => {
    const { event } = record;
    if (event.type !== 'run.started') return record;
    return { ...record, event: { ...event, mode: 'dry-run' } as const };
  });
  const said = '**Resolved** in a **dry run**, which changes nothing, after 42 s';
  expect(transcriptMarkdown(events, { outputs })).toContain(said);
  expect(postmortemMarkdown(events, { outputs })).toContain(said);
});

test('an undo is an action of its own name', () => {
  const log = terminating.events.map((record) => {
    const { event } = record;
    if (event.type !== 'gate.opened' && event.type !== 'step.started') return record;
    if (event.step !== STEP || ('part' in event && event.part === 'preview')) return record;
    return { ...record, event: { ...event, part: 'undo' } as EventOf<'gate.opened'> };
  });
  expect(transcriptMarkdown(log, { outputs })).toContain(
    '### Action 1: Undo of End sessions that have been idle too long (outcome unknown)',
  );
});

test('a postmortem tells what people did of their own accord', () => {
  const text = postmortem(
    declined.add(1_000, {
      type: 'operator.acted',
      step: STEP,
      operator: 'ben',
      intent: { type: 'jump', step: 'capacity', reason: 'it looks wrong' },
    }),
  );
  expect(text).toContain('ben jumped to `capacity`: it looks wrong');
});

test('a way not taken is told without the sentence that nobody filled in', () => {
  const events = resolved.events.map((record) => {
    const { event } = record;
    if (event.type !== 'branch.taken') return record;
    const way = { condition: 'x > 1', goto: 'capacity', finding: 'It is ${{ result.row.x }}.' };
    return { ...record, event: { ...event, notTaken: [way, { ...way, finding: 'It is so.' }] } };
  });
  const text = transcriptMarkdown(events, { outputs });
  expect(text).not.toContain('result.row.x');
  expect(text).toContain('Not taken: if `x > 1` → `capacity`, “It is so.”');
});

test('a gate that was asked again says only what differs', () => {
  const { event: gate } = atGate.events.find(({ event }) => event.type === 'gate.opened') ?? {};
  if (gate?.type !== 'gate.opened') throw new Error('the log has no gate');
  const again = { ...gate, digest: 'sha256:0002' };
  const text = transcript(atGate.add(31_000, again, 31_000, again));
  expect(text.match(/the gate showed ana:/g)).toHaveLength(1);
  expect(text.match(/the gate asked ana again/g)).toHaveLength(2);
  expect(text.match(/^The same 11 rows, read/gm)).toHaveLength(2);
  expect(text.match(/Their clients get 57P01 and must reconnect/g)).toHaveLength(1);
  const fewer = { ...gate.preview, rows: gate.preview?.rows.slice(1) } as typeof gate.preview;
  const changed = transcript(atGate.add(31_000, { ...again, ...(fewer && { preview: fewer }) }));
  expect(changed).toContain('10 sessions to terminate, read');
});

test('a finding of the postmortem is told once', () => {
  const text = postmortem(resolved);
  const [, cause = '', timeline = ''] = text.split(/^## (?:Cause|Timeline)$/m);
  for (const { text: finding } of foldEvents(resolved.events)?.findings ?? [])
    expect([finding, cause.includes(`${finding}`)]).toEqual([finding, !timeline.includes(finding)]);
});

test('the account of an administrator is not taken for a person', () => {
  const [first, ...rest] = resolved.events;
  if (first?.event.type !== 'run.started') throw new Error('the log does not begin');
  const events = [{ ...first, event: { ...first.event, operator: 'root' } }, ...rest];
  expect(postmortemMarkdown(events, { outputs })).toContain(
    '- Operator: the account `root` on ops1; RUNBOOK_OPERATOR was not set',
  );
});
