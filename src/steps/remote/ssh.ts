import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepError } from '#runbook/model/step-error.ts';
import { type Environment, shellEnvironment } from '../shell/environment.ts';
import { longestTimer } from '../timer-limit.ts';
import type { Client } from './client.ts';
import { clientError, startError } from './client-error.ts';
import { MACHINE, shortened } from './look.ts';
import { notReached } from './outcome.ts';
import { SSH_RULES } from './ssh-rules.ts';

/** The options of an ssh client. */
type SshOptions = {
  /** `[user@]host`, an alias of the operator's configuration, or `ssh://[user@]host[:port]`. */
  readonly destination: string;
  readonly env: Environment;
};

/**
 * Returns an ssh client with the operator's configuration. All scripts share one background
 * connection, detached from the terminal; its socket is in a directory that only this user can
 * read.
 */
export function createSshClient({ destination, env }: SshOptions): Client {
  const place = `ssh ${destination}`;
  const environment = shellEnvironment(env);
  let folder: Promise<string> | undefined;
  let socket: string | undefined;
  let hostKey: string | undefined;
  let connecting: Promise<StepError | undefined> | undefined;

  const connect = async (timeoutMs: number, signal: AbortSignal) => {
    folder ??= mkdtemp(join(shortFolder(), 'runbook-'));
    socket = join(await folder, 's');
    if (await isMasterAlive(socket)) return undefined;
    // A killed master leaves its socket behind, which a new one would not replace.
    await rm(socket, { force: true });
    const log = join(await folder, 'log');
    await rm(log, { force: true });
    const error = await openMaster(
      [
        ...OPTIONS,
        ...batch(timeoutMs),
        ...MASTER,
        '-v',
        '-E',
        log,
        '-S',
        socket,
        '--',
        destination,
      ],
      { place, timeoutMs, signal, environment, log },
    );
    hostKey = HOST_KEY.exec(await logged(log))?.[1];
    await rm(log, { force: true });
    return error;
  };
  const call = (words: readonly string[], terminal: boolean, isPinned: boolean) => {
    const way = terminal ? ['-t'] : ['-T', '-o', 'BatchMode=yes'];
    const shared = socket === undefined ? [] : ['-S', socket];
    const pinned = isPinned ? NO_OTHER_WAY : [];
    const command = ['exec', ...words.map(anyShell)].join(' ');
    const options = [...OPTIONS, '-o', 'ControlMaster=no', ...pinned, ...shared, ...way];
    return { program: 'ssh', words: [...options, '--', destination, command] };
  };

  return {
    place,
    rules: SSH_RULES,
    connect(timeoutMs, signal) {
      connecting ??= connect(timeoutMs, signal).finally(() => {
        connecting = undefined;
      });
      return connecting;
    },
    call: (words, terminal) => call(words, terminal, false),
    selfPortrait: MACHINE,
    async identify() {
      const said = hostKey ?? '';
      const shown =
        hostKey === undefined
          ? 'host key not known'
          : `host key ${shortened(hostKey.replace(/^\S+ /, ''))}`;
      return { said, shown, call: (words, terminal) => call(words, terminal, true) };
    },
    async close() {
      await connecting;
      if (socket !== undefined && (await isMasterAlive(socket)))
        await endMaster(['-S', socket, '-O', 'exit', '--', destination], environment);
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true });
      socket = undefined;
      folder = undefined;
    },
  };
}

/** Disables options of the operator's configuration that are for interactive use. */
const OPTIONS = [
  ...['-o', 'RemoteCommand=none', '-o', 'ClearAllForwardings=yes', '-o', 'PermitLocalCommand=no'],
  ...['-o', 'ForwardX11=no', '-o', 'ForwardAgent=no', '-o', 'EscapeChar=none'],
];

/** Without the background connection, ssh would make one of its own, which may lead elsewhere. */
const NO_OTHER_WAY = ['-o', 'ProxyJump=none', '-o', 'ProxyCommand=false'];

/** The key of the server in what ssh logs; that of a jump host is on standard error. */
const HOST_KEY = /^debug1: Server host key: (.*?)\r?$/m;

/** Lines that ssh logs because of `-v`: none is the reason of a failure. */
const NEWS = /^(?:debug\d: |OpenSSH_|Authenticated (?:to|using) ).*\n?/gm;

async function logged(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** The idle connection of a killed process expires by itself. */
const MASTER = ['-f', '-N', '-T', '-o', 'ControlMaster=yes', '-o', 'ControlPersist=10m'];

function batch(timeoutMs: number): readonly string[] {
  const seconds = Math.max(1, Math.ceil(longestTimer(timeoutMs) / 1_000));
  const alive = ['-o', 'ServerAliveInterval=10', '-o', 'ServerAliveCountMax=3'];
  return ['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${seconds}`, ...alive];
}

/**
 * The maximum length of the directory's path: a socket path has at most 104 bytes, of which ssh
 * temporarily needs some for itself.
 */
const LONGEST_FOLDER = 60;

function shortFolder(): string {
  const folder = tmpdir();
  return Buffer.byteLength(folder) <= LONGEST_FOLDER ? folder : '/tmp';
}

/**
 * Quotes a word for any login shell: sh, bash, zsh, fish and csh agree only on these characters.
 * Throws a TypeError for a word that cannot be quoted.
 */
function anyShell(word: string): string {
  if (/^[\w-]+$/.test(word)) return word;
  if (/['\\!\r\n]/.test(word)) throw new TypeError('no quoting of this word suits every shell');
  return `'${word}'`;
}

/** Resolves with true if a background ssh listens on a socket. */
function isMasterAlive(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

/** The context of a connection that is being opened. */
type Connecting = {
  readonly place: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string>>;
  /** The file that ssh logs to. */
  readonly log: string;
};

/** Opens a background connection. Resolves once it is open, or with an error. */
function openMaster(
  words: readonly string[],
  { place, timeoutMs, signal, environment, log }: Connecting,
): Promise<StepError | undefined> {
  const child = spawn('ssh', words, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-16_384);
  });
  const { promise, resolve } = Promise.withResolvers<StepError | undefined>();
  const give = (why: 'timeout' | 'cancelled') => {
    child.kill();
    resolve(notReached(why, place, timeoutMs));
  };
  const timer = setTimeout(() => give('timeout'), longestTimer(timeoutMs));
  const cancel = () => give('cancelled');
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  child.once('error', (error) => resolve(startError('ssh', error)));
  // The background process may keep the pipe open, so its end is not awaited.
  child.once('exit', (code) =>
    setImmediate(async () => {
      const reason = `${said}${await logged(log)}`.replaceAll(NEWS, '');
      resolve(code === 0 ? undefined : clientError(reason, SSH_RULES, place));
    }),
  );
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    child.stderr.destroy();
  });
}

/**
 * Closes a background connection. One that does not answer within two seconds is left to expire.
 */
function endMaster(words: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn('ssh', words, { env, stdio: 'ignore', timeout: 2_000 });
  return new Promise((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}
