import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, type ExitCode, RunbookError } from '#errors.ts';
import type { FoundTests } from './files.ts';
import type { TestRun } from './run.ts';

/** The debounce interval: a file is often written in several steps. */
const TOGETHER_MS = 60;

/**
 * Tests, and tests again whenever a file beside a runbook or its cases changes, until `q` or
 * Ctrl-C. Returns the exit code of the last test.
 */
export async function watchTests(watched: {
  readonly find: () => FoundTests;
  readonly test: (found: FoundTests) => Promise<TestRun>;
  readonly show: (tested: TestRun) => ExitCode;
}): Promise<ExitCode> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const watchers = new Map<string, FSWatcher>();
  let exitCode: ExitCode = EXIT.ok;
  let timer: NodeJS.Timeout | undefined;
  let testing = Promise.resolve();
  const test = async (): Promise<void> => {
    try {
      const found = watched.find();
      // Before reading, so that a write during the test counts as a change.
      for (const { runbook, tests } of found.files)
        for (const file of [runbook, tests]) follow(dirname(file));
      exitCode = watched.show(await watched.test(found));
    } catch (error) {
      // A file that is briefly missing, or a case with an error, does not end the watch.
      if (!(error instanceof RunbookError) || watchers.size === 0) throw error;
      process.stdout.write(`${error.message}\n`);
      exitCode = error.exitCode;
    }
    process.stdout.write('\nWatching for changes. Enter: test again, q: quit\n');
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      process.stdout.write(process.stdout.isTTY ? '\u001b[2J\u001b[H' : '\n');
      testing = testing.then(test).catch(reject);
    }, TOGETHER_MS);
  };
  const follow = (folder: string): void => {
    if (watchers.has(folder)) return;
    const watcher = watch(folder, (_, name) => {
      if (name === null || /\.ya?ml$/.test(name)) later();
    });
    watcher.on('error', () => watcher.close());
    watchers.set(folder, watcher);
  };
  const keys = listen(later, resolve);
  process.once('SIGINT', resolve).once('SIGTERM', resolve);
  try {
    await test();
    await promise;
  } finally {
    process.off('SIGINT', resolve).off('SIGTERM', resolve);
    clearTimeout(timer);
    keys.stop();
    for (const watcher of watchers.values()) watcher.close();
  }
  return exitCode;
}

/** `q`, and the codes of Ctrl-C and Ctrl-D in raw mode. */
const QUIT = ['q', 'Q', '\u0003', '\u0004'] as const;

/** Listens to the keys of a terminal, and restores its mode afterwards. */
function listen(onEnter: () => void, onQuit: () => void): { readonly stop: () => void } {
  const { stdin } = process;
  const onData = (data: Buffer): void => {
    const text = data.toString();
    if (QUIT.some((key) => text.includes(key))) onQuit();
    else if (/[\r\n]/.test(text)) onEnter();
  };
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on('data', onData);
  stdin.resume();
  return {
    stop: () => {
      stdin.off('data', onData);
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
