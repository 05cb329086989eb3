import { type ChildProcess, spawn } from 'node:child_process';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { endProcessGroup } from '#steps/shell/process-group.ts';
import { formatDuration } from '#text/duration.ts';

/** The result of a command that prints a value. */
export type CommandEnd =
  | { readonly ok: true; readonly printed: string }
  | {
      readonly ok: false;
      /** E.g. `it ended with exit code 1`. */
      readonly reason: string;
      /** Its standard error, without the printed value. Empty if it went to the terminal. */
      readonly said: string;
    };

/** The options of a command that prints a value. */
export type CommandOptions = {
  /** The folder it runs in. */
  readonly folder: string;
  /** True gives it the terminal, to prompt for a PIN or a password. */
  readonly hasTerminal: boolean;
  readonly timeoutMs: number;
};

/** The length limit of a value. */
export const LONGEST_VALUE = 64 * 1024;
const LONGEST_COMPLAINT = 4 * 1024;
const GRACE_MS = 500;
/** The maximum number of printed lines that are masked in standard error. */
const MOST_LINES = 100;

/**
 * Runs a command with bash and returns its output, which is not displayed. It inherits the
 * environment of runbook: secret stores are configured by variables.
 */
export async function runCommand(command: string, options: CommandOptions): Promise<CommandEnd> {
  const { folder, hasTerminal, timeoutMs } = options;
  const child = spawn('bash', ['-c', command], {
    cwd: folder,
    stdio: [hasTerminal ? 'inherit' : 'ignore', 'pipe', hasTerminal ? 'inherit' : 'pipe'],
    // Reading from the terminal requires its process group; otherwise an own group can be killed as
    // a whole.
    detached: !hasTerminal,
  });
  const printed = collect(child, 'stdout', LONGEST_VALUE);
  const said = collect(child, 'stderr', LONGEST_COMPLAINT);
  const closed = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(`cannot start bash: ${error.message}`));
    child.once('close', (code, signal) => resolve(endReason(code, signal)));
  });
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => late.resolve(`it did not end within ${formatDuration(timeoutMs)}`),
    timeoutMs,
  );
  const reason = await Promise.race([closed, late.promise, printed.overflow]);
  clearTimeout(timer);
  if (reason === undefined) return { ok: true, printed: printed.text() };
  await endCommand(child, hasTerminal);
  return { ok: false, reason, said: without(printed.text(), said.text()) };
}

/**
 * A failing command may have printed its secret already, and may repeat it in its error message.
 */
function without(printed: string, said: string): string {
  const lines = new Set(printed.split('\n', MOST_LINES));
  const secrets = [...lines].map((value) => ({ name: 'printed', value }));
  return createRedactor(secrets.filter(({ value }) => value.trim() !== '')).text(said);
}

function endReason(code: number | null, signal: string | null): string | undefined {
  if (code === 0) return undefined;
  return code === null ? `it was killed by ${signal}` : `it exited with code ${code}`;
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr', limit: number) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const overflow = Promise.withResolvers<string>();
  child[stream]?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else if (stream === 'stdout') overflow.resolve(`it printed more than ${limit / 1_024} KiB`);
  });
  return { overflow: overflow.promise, text: () => Buffer.concat(chunks).toString('utf8') };
}

async function endCommand(child: ChildProcess, hasTerminal: boolean): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    if (hasTerminal) child.kill();
    else await endProcessGroup(child.pid, GRACE_MS);
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}
