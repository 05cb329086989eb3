import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { GateView } from '#events/view/run-view.ts';
import { actionsTaken } from '#report/transcript/actions.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import type { OpenRun } from '#run/session/open.ts';
import { awaits, leaveRun, realRun } from '../../fixtures/real-run.ts';
import { send } from '../../support/send.ts';
import { isRoot, type SshServer, sshd, startSshServer } from '../../support/ssh-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HEAD = `
name: inline
title: Orders are stuck
summary: Orders stay in the queue.
inputs: { host: { default: lab } }
targets: { app: { ssh: "\${{ inputs.host }}" } }
steps:
`;

const AT = '2026-11-21T03:12:00.000Z';

const AFTER = '\n  - { id: after, manual: Look. }\n';

async function gateAfter(run: OpenRun, last?: GateView): Promise<GateView> {
  return await vi.waitFor(() => {
    const { awaited, gate } = run.session.view();
    expect(awaited?.for).toBe('gate');
    if (gate === undefined || gate.seq <= (last?.seq ?? 0)) throw new Error('no such gate yet');
    return gate;
  });
}

function confirm(run: OpenRun, { digest, phrase }: GateView): void {
  send(run.session, { type: 'confirm', digest, ...(phrase === undefined ? {} : { phrase }) });
}

/** Two releases of an application, and the link to the current one. */
function releases() {
  const folder = temporaryFolder();
  const link = join(folder, 'current');
  const at = (name: string) => join(folder, name);
  for (const name of ['one', 'two']) mkdirSync(at(name));
  symlinkSync(at('one'), link);
  const deploy = (name: string) => {
    symlinkSync(at(name), `${link}.new`);
    renameSync(`${link}.new`, link);
  };
  return { at, link, deploy, ran: (name: string) => existsSync(join(at(name), 'ran')) };
}

const stepIn = (on: string, cwd: string) =>
  `  - { id: fix, ${on}effect: change, cwd: "${cwd}", shell: touch ran }${AFTER}`;

test('a folder through a link is shown without it, and a change runs in no other', async () => {
  const { at, link, deploy, ran } = releases();
  const real = realRun(`${HEAD}${stepIn('', link)}`);
  const run = await real.start();
  onTestFinished(() => run.close());
  const gate = await gateAfter(run);
  expect(gate.action.cwd).toBe(`${link} → ${at('one')}`);
  deploy('two');
  confirm(run, gate);
  const again = await gateAfter(run, gate);
  expect({ one: ran('one'), two: ran('two') }).toEqual({ one: false, two: false });
  expect(again.action.cwd).toBe(`${link} → ${at('two')}`);
  expect(again.changes?.server).toBe(true);
  expect(again.digest).not.toBe(gate.digest);
  confirm(run, again);
  await awaits(run, 'report');
  expect({ one: ran('one'), two: ran('two') }).toEqual({ one: false, two: true });
  // Who reads the record sees that the first was refused, and the look is no action.
  const records = real.events(run.id).map((event, seq) => ({ seq, at: AT, event }));
  expect(actionsTaken(records).map(({ finished }) => finished?.event.status)).toEqual([
    'failed',
    'succeeded',
  ]);
  const text = transcriptMarkdown(records, { outputs: () => undefined });
  expect(text).not.toContain('This is not what the gate showed');
});

test('a folder that is left out is the one where the run began, and nothing is looked at', async () => {
  const real = realRun(`${HEAD}  - { id: fix, effect: change, shell: "true" }${AFTER}`);
  const run = await real.start();
  onTestFinished(() => run.close());
  await gateAfter(run);
  const kinds = real
    .events(run.id)
    .flatMap((event) => (event.type === 'step.started' ? [event.action.kind] : []));
  expect(kinds).toEqual([]);
});

test.runIf(isRoot)('one gate for a list is for the folder of every item', async () => {
  const { at, link, deploy, ran } = releases();
  const other = join(temporaryFolder(), 'still');
  mkdirSync(other);
  const steps = `  - id: fix
    for_each: "['${link}', '${other}', '${link}']"
    as: folder
    gate: all
    effect: change
    cwd: "\${{ folder }}"
    shell: echo x >> ran; [ "$PWD" = '${other}' ] && ln -sfn '${at('two')}' '${link}'; true
${AFTER}`;
  const run = await realRun(`${HEAD}${steps}`).start();
  onTestFinished(() => run.close());
  const gate = await gateAfter(run);
  expect(gate.items).toHaveLength(3);
  expect(gate.action.text).toContain(`${link} → ${at('one')}`);
  confirm(run, gate);
  // The second item has moved the link of the third.
  const again = await gateAfter(run, gate);
  expect(again.action.cwd).toBe(`${link} → ${at('two')}`);
  expect(readFileSync(join(at('one'), 'ran'), 'utf8')).toBe('x\n');
  expect(ran('two')).toBe(false);
  deploy('one');
  confirm(run, again);
  expect((await gateAfter(run, again)).action.cwd).toBe(`${link} → ${at('one')}`);
});

const isPresent = sshd !== undefined && isRoot;

describe.runIf(isPresent)('(as root, sh bin/test-servers.sh) a change on a host', () => {
  let one: SshServer;
  let two: SshServer;
  const config = () => join(one.folder, 'config');

  beforeAll(async () => {
    one = await startSshServer();
    two = await startSshServer();
    const known = join(one.folder, 'known_hosts');
    writeFileSync(
      known,
      readFileSync(known, 'utf8') + readFileSync(join(two.folder, 'known_hosts')),
    );
    const mine = readFileSync(join(one.folder, 'lab.pub'), 'utf8');
    writeFileSync(join(two.folder, 'authorized_keys'), mine);
  });
  afterAll(async () => {
    await one?.stop();
    await two?.stop();
  });

  /** The name leads to another server from now on, as after a failover, and the connection is gone. */
  async function failOver(from: SshServer, to: SshServer): Promise<void> {
    const text = readFileSync(config(), 'utf8');
    writeFileSync(config(), text.replace(`Port ${from.port}`, `Port ${to.port}`));
    await dropConnections();
  }

  async function dropConnections(): Promise<void> {
    for (const pid of one.clients()) process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(one.clients()).toEqual([]));
  }

  const around = () => ({ around: { env: one.env } });
  const runOf = async (steps: string) => {
    const real = realRun(`${HEAD}${steps}`);
    const run = await real.start(around());
    onTestFinished(() => run.close());
    onTestFinished(async () => {
      const text = readFileSync(config(), 'utf8');
      writeFileSync(config(), text.replace(`Port ${two.port}`, `Port ${one.port}`));
      await dropConnections();
    });
    return { real, run };
  };
  const touching = (file: string) =>
    `  - { id: fix, on: app, effect: change, shell: "echo x >> '${file}'", undo: { shell: "rm '${file}'" } }${AFTER}`;

  test('shows the machine and its key, and runs there', async () => {
    const file = join(temporaryFolder(), 'ran');
    const { run } = await runOf(touching(file));
    const gate = await gateAfter(run);
    expect(gate.action.where).toMatch(
      /^app · ssh lab · \S+, machine \w{12}…, host key SHA256:\S{12}…$/,
    );
    confirm(run, gate);
    await awaits(run, 'report');
    expect(readFileSync(file, 'utf8')).toBe('x\n');
  });

  test('does not run where another machine answers than was confirmed, and asks again', async () => {
    const file = join(temporaryFolder(), 'ran');
    const { real, run } = await runOf(touching(file));
    const gate = await gateAfter(run);
    await failOver(one, two);
    confirm(run, gate);
    const again = await gateAfter(run, gate);
    expect(existsSync(file)).toBe(false);
    expect(again.changes?.server).toBe(true);
    expect(again.action.where).not.toBe(gate.action.where);
    const errors = real
      .events(run.id)
      .flatMap((event) => (event.type === 'step.finished' ? (event.error?.kind ?? []) : []));
    expect(errors).toEqual(['other_server']);
    confirm(run, again);
    await awaits(run, 'report');
    expect(readFileSync(file, 'utf8')).toBe('x\n');
  });

  test('runs on the same machine after its connection was lost', async () => {
    const file = join(temporaryFolder(), 'ran');
    const { run } = await runOf(touching(file));
    const gate = await gateAfter(run);
    await dropConnections();
    confirm(run, gate);
    await awaits(run, 'report');
    expect(readFileSync(file, 'utf8')).toBe('x\n');
  });

  test('compares the machine ID in the session that runs it: a clone has the same key', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'ran');
    const id = join(folder, 'machine-id');
    writeFileSync(id, `${'a'.repeat(32)}\n`);
    const inside = `mount --bind ${id} /etc/machine-id && exec sh -c \\"$SSH_ORIGINAL_COMMAND\\"`;
    const forced = `command="exec unshare --mount sh -c '${inside}'" `;
    const keys = join(one.folder, 'authorized_keys');
    const before = readFileSync(keys, 'utf8');
    onTestFinished(() => writeFileSync(keys, before));
    writeFileSync(keys, forced + before);
    const { run } = await runOf(touching(file));
    const gate = await gateAfter(run);
    expect(gate.action.where).toContain('machine aaaaaaaaaaaa…');
    writeFileSync(id, `${'b'.repeat(32)}\n`);
    confirm(run, gate);
    const again = await gateAfter(run, gate);
    expect(again.action.where).toContain('machine bbbbbbbbbbbb…');
    expect(existsSync(file)).toBe(false);
  });

  test('runs in the folder that was shown, there as well', async () => {
    const { at, link, deploy, ran } = releases();
    const { run } = await runOf(stepIn('on: app, ', link));
    const gate = await gateAfter(run);
    expect(gate.action.cwd).toBe(`${link} → ${at('one')}`);
    deploy('two');
    confirm(run, gate);
    const again = await gateAfter(run, gate);
    expect(again.action.cwd).toBe(`${link} → ${at('two')}`);
    expect({ one: ran('one'), two: ran('two') }).toEqual({ one: false, two: false });
  });

  test('is asked about again when another process resumes the run on another machine', async () => {
    const file = join(temporaryFolder(), 'ran');
    const { real, run } = await runOf(touching(file));
    const gate = await gateAfter(run);
    await leaveRun(run);
    await failOver(one, two);
    const resumed = await real.resume(run.id, around());
    onTestFinished(() => resumed.close());
    const again = await gateAfter(resumed, gate);
    expect(again.action.where).not.toBe(gate.action.where);
    confirm(resumed, gate);
    await vi.waitFor(() => {
      const answers = real
        .events(run.id)
        .flatMap((event) => (event.type === 'gate.answered' ? [event.answer] : []));
      expect(answers).toEqual(['refused']);
    });
    expect(existsSync(file)).toBe(false);
  });

  test('is undone on the machine of the gate of the undo, which says that it is another', async () => {
    const file = join(temporaryFolder(), 'ran');
    const { run } = await runOf(touching(file));
    const gate = await gateAfter(run);
    confirm(run, gate);
    await awaits(run, 'report');
    await failOver(one, two);
    send(run.session, { type: 'undo', step: 'fix', reason: '' });
    const undo = await gateAfter(run, gate);
    expect(undo.part).toBe('undo');
    expect(undo.changes?.server).toBe(true);
    await failOver(two, one);
    confirm(run, undo);
    const again = await gateAfter(run, undo);
    expect(existsSync(file)).toBe(true);
    confirm(run, again);
    await vi.waitFor(() => expect(existsSync(file)).toBe(false));
  });

  test('of an own command is for the machine that its gate shows as well', async () => {
    const file = join(temporaryFolder(), 'ran');
    const steps = '  - { id: look, on: app, effect: read, shell: "true" }\n';
    const { run } = await runOf(steps + AFTER);
    await awaits(run, 'report');
    send(run.session, { type: 'adhoc', target: 'app', text: `echo x >> ${file}` });
    const gate = await gateAfter(run);
    expect(gate.action.where).toContain('host key');
    await failOver(one, two);
    confirm(run, gate);
    const again = await gateAfter(run, gate);
    expect(again.action.where).not.toBe(gate.action.where);
    expect(existsSync(file)).toBe(false);
    confirm(run, again);
    await vi.waitFor(() => expect(existsSync(file)).toBe(true));
  });

  test('of an own command whose process ended at its gate has not been run', async () => {
    const file = join(temporaryFolder(), 'ran');
    const { real, run } = await runOf(
      `  - { id: look, on: app, effect: read, shell: "true" }\n${AFTER}`,
    );
    await awaits(run, 'report');
    send(run.session, { type: 'adhoc', target: 'app', text: `echo x >> ${file}` });
    await gateAfter(run);
    await run.close();
    const resumed = await real.resume(run.id, around());
    onTestFinished(() => resumed.close());
    const [command] = resumed.session.view().adhoc ?? [];
    expect(command).toMatchObject({ state: 'failed', error: { kind: 'cancelled' } });
    expect(existsSync(file)).toBe(false);
  });
});
