import { expect, onTestFinished, vi } from 'vitest';
import { readRecords } from '#run/journal/cursor.ts';
import { startRun } from '#run/start.ts';
import { webApp } from '#web/app.ts';
import type { ServedTeam } from '#web/served-team.ts';
import { parsed } from '../fixtures/compiled.ts';
import { type EventLog, momentAfter } from '../fixtures/event-log.ts';
import { type ScriptedRun, scriptedRun } from '../fixtures/scripted-run.ts';
import { surroundings } from '../fixtures/surroundings.ts';
import { MemoryAccess } from './memory-access.ts';
import { MemoryServed } from './memory-served.ts';
import { MemoryStore } from './memory-store.ts';
import { MEMORY_TEAM, MemoryAudit } from './memory-team.ts';

const LEE = { id: 'lee', name: 'Lee' };

/** A server of pages over runs in memory, without a socket, and a person who can sign in. */
export function servedWeb(team: Partial<ServedTeam> = {}) {
  const runs = new MemoryServed();
  const access = new MemoryAccess();
  const errors: unknown[] = [];
  const token = access.addToken(LEE, 'sign-in');
  let now = (): number => Date.now();
  const reportError = (error: unknown) => errors.push(error);
  const audit = new MemoryAudit();
  const parts = { runs, access, audit, team: { ...MEMORY_TEAM, ...team } };
  const isAway = async () => false;
  const app = webApp({ ...parts, now: () => now(), reportError, isAway });
  const post = (path: string, fields: Readonly<Record<string, string>>, headers = {}) =>
    app.request(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    });
  return {
    ...{ app, runs, access, audit, errors, token, post, lee: LEE },
    /** Serves a run that stands at the end of a log; the clock shows 5 s after its last event. */
    put(
      id: string,
      log: EventLog,
      options?: Parameters<typeof scriptedRun>[1],
    ): { readonly run: ScriptedRun; readonly held: ReturnType<MemoryServed['put']> } {
      now = () => momentAfter(log, 5_000);
      const run = scriptedRun(log, options);
      return { run, held: runs.put(run, log.events, { id }) };
    },
    /** Sets the clock. */
    at(time: string): void {
      now = () => Date.parse(time);
    },
    /** Starts a run of this machine and serves it. */
    async start(text: string, given: Readonly<Record<string, string>>) {
      const store = new MemoryStore();
      const source = { file: 'inline.yaml', text };
      const open = await startRun(parsed(text), {
        ...{ store, surroundings, source, given, mode: 'live', attended: true, auto: true },
      });
      onTestFinished(() => open.close());
      const { record } = store.kept(open.id);
      const { records } = await readRecords(record.journal);
      const held = runs.put(open.session, records);
      open.begin();
      return { id: open.id, session: open.session, held, lines: store.kept(open.id).lines };
    },
    /** Signs Lee in; returns the header of the session. */
    async signIn(): Promise<{ readonly cookie: string }> {
      const reply = await post('/auth/login', { token, next: '/' });
      const [cookie = ''] = (reply.headers.get('set-cookie') ?? '').split(';');
      return { cookie };
    },
  };
}

/** Returns a page of a run that stands at the end of a log, as Lee sees it. */
export async function shownRun(log: EventLog) {
  const web = servedWeb();
  const { run, held } = web.put('k3f9', log);
  const headers = await web.signIn();
  const reply = await web.app.request('/r/k3f9', { headers });
  expect(reply.status).toBe(200);
  return { ...web, run, held, headers, page: await reply.text() };
}

/** Returns the words of a page. */
export function textOf(page: string): string {
  return page
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ');
}

/** A runbook with a read, a destructive script behind a phrase, and a report. */
export const MARKING = `
name: marking
title: Leave a mark
summary: A read, a change and a question.
inputs: { folder: { description: Where the change leaves its mark } }
steps:
  - { id: look, title: Look around, effect: read, shell: echo looked, next: [{ finding: It was looked at., goto: mark }] }
  - id: mark
    title: Leave the mark
    effect: destructive
    confirm: { phrase: mark it, warning: It leaves a mark. }
    shell: echo marked >> "$FOLDER/mark"
    env: { FOLDER: '\${{ inputs.folder }}' }
  - { id: ask, title: Look at the mark, manual: Is it right? }
  - { id: done, finish: { outcome: resolved, summary: It is right. } }
`;

/** Waits until a run asks for something. */
export async function untilAsked(
  run: { readonly view: () => { readonly awaited?: { readonly for: string } } },
  what: string,
): Promise<void> {
  await vi.waitFor(() => expect(run.view().awaited?.for).toBe(what), 20_000);
}

/** Returns a log that ends at a gate with the gate put again: two rows are gone. */
export function putAgain(log: EventLog): EventLog {
  const opened = log.events.findLast(({ event }) => event.type === 'gate.opened')?.event;
  const awaited = log.events.at(-1)?.event;
  if (opened?.type !== 'gate.opened' || awaited?.type !== 'operator.awaited')
    throw new Error('the log does not end at a gate');
  const { preview } = opened;
  const rows = preview?.rows.slice(2) ?? [];
  return log.add(
    4_000,
    {
      ...{ type: 'gate.answered', step: opened.step, answer: 'refresh', operator: 'ana' },
      digest: opened.digest,
      automatic: true,
    },
    {
      ...opened,
      digest: 'sha256:77aa',
      ...(preview === undefined ? {} : { preview: { ...preview, rows } }),
    },
    awaited,
  );
}
