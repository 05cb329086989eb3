import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ShellAction } from '#safety/kinds/shell.ts';
import type { ExecuteContext, Executor, StepOutcome } from '#steps/executor.ts';
import { createRemoteExecutor } from '#steps/remote/executor.ts';
import { createSshClient } from '#steps/remote/ssh.ts';
import { scriptAction } from './run-script.ts';

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/local/bin/sshd', '/usr/bin/sshd'];

/**
 * Where sshd is; undefined where tests of ssh are skipped: `sh bin/test-servers.sh` installs it, and
 * the user who runs the tests needs a login shell.
 */
export const sshd = hasLoginShell() ? SSHD.find(canRun) : undefined;

/** Only root's sshd may give the terminal that it opens to its user, and has a process for every session. */
export const isRoot = process.getuid?.() === 0;

function hasLoginShell(): boolean {
  return !/\/(?:nologin|false)$/.test(userInfo().shell ?? '');
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A real sshd on this machine that lets its own user in, by a key and a configuration of its own. */
export type SshServer = {
  readonly folder: string;
  readonly port: number;
  readonly pid: number;
  /** What the client is started with: its `ssh` reads the server's own configuration only. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How often somebody has logged in. */
  logins(): number;
  /** The process IDs of its clients. */
  clients(): readonly number[];
  stop(): Promise<void>;
};

/** The commands by which the keys of the server are forced through another login shell. */
export const LOGIN_SHELLS = ['sh', 'bash', 'dash', 'zsh', 'fish', 'csh'].filter(hasProgram);

function hasProgram(name: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => canRun(join(folder, name)));
}

/** Starts an sshd on a free port; hosts of its configuration are `lab`, and `lab-SHELL` by login shell. */
export async function startSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-sshd-'));
  const at = (name: string) => join(folder, name);
  const port = await freePort();
  const keys = ['lab', 'lab-noisy', ...LOGIN_SHELLS.map((shell) => `lab-${shell}`)];
  for (const name of ['host', 'stranger', ...keys])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  const publicKey = (name: string) => readFileSync(at(`${name}.pub`), 'utf8').trim();
  const force = (key: string, command: string) =>
    `command="${command.replaceAll('"', '\\"')}" ${publicKey(key)}\n`;
  const forced = LOGIN_SHELLS.map((shell) =>
    force(`lab-${shell}`, `exec ${shell} -c "$SSH_ORIGINAL_COMMAND"`),
  );
  const noise = 'echo "Welcome {to} the lab"; echo careful >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"';
  forced.push(force('lab-noisy', noise));
  await writeFile(at('authorized_keys'), `${publicKey('lab')}\n${forced.join('')}`);
  await writeFile(
    at('known_hosts'),
    `[127.0.0.1]:${port} ${publicKey('host').split(' ').slice(0, 2).join(' ')}\n`,
  );
  await writeFile(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      `PidFile ${at('pid')}`,
      // Files of the user who runs the tests, like a slow .bashrc, are none of theirs.
      `SetEnv HOME=${folder}`,
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'MaxStartups 100',
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  );
  const hosts = keys.map((name) => `Host ${name}\n  IdentityFile ${at(name)}\n`);
  await writeFile(
    at('config'),
    [
      ...hosts,
      `Host stranger\n  IdentityFile ${at('stranger')}\n`,
      `Host new-key\n  IdentityFile ${at('lab')}\n  UserKnownHostsFile /dev/null\n`,
      `Host closed\n  Port 1\n`,
      `Host unknown\n  HostName no-such-host.invalid\n`,
      'Host *',
      '  HostName 127.0.0.1',
      `  Port ${port}`,
      `  User ${userInfo().username}`,
      '  IdentitiesOnly yes',
      `  UserKnownHostsFile ${at('known_hosts')}`,
      '  GlobalKnownHostsFile /dev/null',
      '',
    ].join('\n'),
  );
  mkdirSync(at('bin'));
  await writeFile(at('bin/ssh'), `#!/bin/sh\nexec ${whichSsh()} -F ${at('config')} "$@"\n`);
  await chmod(at('bin/ssh'), 0o755);
  // As root it wants a folder to drop its rights in.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const child = spawn(sshd ?? 'sshd', ['-D', '-f', at('sshd_config'), '-E', at('log')], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await Promise.race([listens(at('pid')), ended]);
  if (child.exitCode !== null || child.pid === undefined)
    throw new Error(`sshd does not start: ${readFileSync(at('log'), 'utf8')}`);
  return {
    folder,
    port,
    pid: child.pid,
    env: { ...process.env, PATH: `${at('bin')}:${process.env.PATH}`, SSH_AUTH_SOCK: undefined },
    logins: () => readFileSync(at('log'), 'utf8').split('Accepted publickey').length - 1,
    clients: () => clientsOf(at('config')),
    async stop() {
      child.kill();
      await ended;
      // What a killed program left behind would hold its connection for some minutes more.
      for (const pid of clientsOf(at('config'))) process.kill(pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function clientsOf(config: string): readonly number[] {
  return execFileSync('ps', ['-eww', '-o', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`ssh -F ${config} `))
    .map((line) => Number.parseInt(line, 10));
}

function whichSsh(): string {
  return execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** sshd writes its process id when it listens. */
async function listens(pidFile: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      if (readFileSync(pidFile, 'utf8') !== '') return;
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Scripts of one test on one host, over one connection. */
export type SshHost = {
  readonly executor: Executor;
  run(script: string, parts?: Partial<ShellAction> & Partial<ExecuteContext>): Promise<StepOutcome>;
};

/** Opens an executor for a host of the server's configuration; it is closed when the test has finished. */
export function sshHost(server: SshServer, destination = 'lab', graceMs = 2_000): SshHost {
  const { env } = server;
  const executor = createRemoteExecutor({
    client: createSshClient({ destination, env }),
    env,
    graceMs,
  });
  onTestFinished(() => executor.close());
  return {
    executor,
    run(script, { signal, onOutput, takeTerminal, mayStart, ...parts } = {}) {
      return executor.execute(scriptAction(script, parts), {
        signal: signal ?? new AbortController().signal,
        onOutput: onOutput ?? (() => {}),
        ...(takeTerminal !== undefined && { takeTerminal }),
        ...(mayStart !== undefined && { mayStart }),
      });
    },
  };
}
