import { EXIT, type ExitCode, environmentError, RunbookError } from '#errors.ts';
import { warn } from './say.ts';
import { PROGRAM } from './version.ts';

/** Prints an error on standard error, and returns its exit code. */
export function complain(error: unknown): ExitCode {
  const known = error instanceof RunbookError ? error : systemRefusal(error);
  if (known !== undefined) {
    warn(`runbook: ${known.message}${whyOf(known)}`);
    if (known.hint !== undefined) warn(`  ${known.hint}`);
    return known.exitCode;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`runbook: internal error, a bug in ${PROGRAM}\n${stack}\n`);
  return EXIT.bug;
}

/** Returns the message of the system error, unless the error's own message contains it. */
function whyOf({ message, cause }: RunbookError): string {
  return isSystemError(cause) && !message.includes(cause.message) ? `: ${cause.message}` : '';
}

type SystemError = Error & { readonly syscall: unknown; readonly code: string };

function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error) || !('syscall' in error && 'code' in error)) return false;
  return typeof error.code === 'string';
}

const HINTS: Readonly<Record<string, string>> = {
  EMFILE: 'raise the limit on open files: ulimit -n 1024',
  ENFILE: 'the machine has too many open files',
  ENOSPC: 'free space on the disk',
  EDQUOT: 'free space: your quota is used up',
  EROFS: 'the file system is read-only; write to another folder',
  EACCES: 'check the permissions of the file and its folders',
  EPERM: 'check the permissions of the file and its folders',
  ENOMEM: 'free memory on the machine',
  EAGAIN: 'raise the limit on processes: ulimit -u',
};

/**
 * Converts an error of the operating system to an environment error; undefined for any other error.
 */
function systemRefusal(error: unknown): RunbookError | undefined {
  if (!isSystemError(error)) return undefined;
  const { syscall, code, message } = error;
  if (syscall === 'uv_cwd')
    return environmentError('the current folder no longer exists', 'change to another folder');
  return environmentError(`environment error: ${message}`, HINTS[code], error);
}
