import { hostname } from 'node:os';
import { usageError } from '#errors.ts';
import { sha256 } from '#run/sha256.ts';
import type { WorkerKnowledge } from '#team/work/parts.ts';
import { enterEnvironment } from '../../environment/enter.ts';
import { loadEffectParsers } from '../../library/effect-parsers.ts';
import { findRunbooks, readSource } from '../../library/find-runbook.ts';
import { loadRunbook } from '../../library/load-runbook.ts';

/** The time for which the texts of the folders are remembered. */
const REMEMBERED_MS = 5_000;

/**
 * Returns what this machine knows: the runbooks of its folders, and the environments of its config
 * files. `warn` receives warnings, and internal errors that a run survives.
 */
export function ownKnowledge(
  dirs: readonly string[],
  warn: (text: string) => void,
): WorkerKnowledge {
  let texts: ReadonlySet<string> = new Set();
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    host: hostname(),
    env: process.env,
    loadParsers: loadEffectParsers,
    reportError: (error) => warn(`internal error, the run was not affected: ${String(error)}`),
    async knows(digest) {
      const isOld = performance.now() - readAt > REMEMBERED_MS;
      if (isOld || !texts.has(digest)) {
        texts = textsIn(dirs);
        readAt = performance.now();
      }
      return texts.has(digest);
    },
    async prepare(source, others, { environment, inputs }) {
      if (environment === '') throw usageError('the run names no environment');
      const runbook = await loadRunbook(source, others ?? dirs);
      const { name, flags, hasTerminal } = {
        name: environment,
        flags: literal(inputs),
        hasTerminal: false,
      };
      return await enterEnvironment(runbook, { name, flags, hasTerminal, warn });
    },
  };
}

/** Inputs of a run of a team are texts: never a file or a command of this machine. */
function literal(inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(inputs).map(([name, text]) => [name, `text:${text}`]));
}

function textsIn(dirs: readonly string[]): ReadonlySet<string> {
  return new Set(
    findRunbooks(dirs).flatMap(({ file }) => {
      try {
        return [sha256(readSource(file).text)];
      } catch {
        // A file that was removed meanwhile is not known.
        return [];
      }
    }),
  );
}
