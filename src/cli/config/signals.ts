import { messageOf, RunbookError } from '#errors.ts';

/**
 * Reads the files of a process of a team again, on SIGHUP, and says so; files with errors change nothing.
 * Never rejects.
 */
export async function onHangUp(
  read: () => Promise<void>,
  say: (text: string) => void,
): Promise<void> {
  try {
    await read();
    say('the files were read again');
  } catch (error) {
    const hint = error instanceof RunbookError && error.hint ? ` (${error.hint})` : '';
    say(`the files were not read again: ${messageOf(error)}${hint}`);
  }
}

/** Returns the signal that is aborted when this process is asked to stop. */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return stopping.signal;
}
