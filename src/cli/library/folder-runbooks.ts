import type { FolderRunbooks } from '#serve/runbooks.ts';
import type { ServedRunbook } from '#web/served-team.ts';
import { findRunbooks, readSource } from './find-runbook.ts';
import { drawnPath, keptRunbook } from './kept-runbook.ts';
import { loadRunbook, RunbookChecker } from './load-runbook.ts';
import { shownSource } from './shown-runbook.ts';

/** Returns the runbooks that a server or a worker finds, in the given folders first. */
export function folderRunbooks(dirs: readonly string[]): FolderRunbooks {
  return {
    found: () =>
      new Map(findRunbooks(dirs).map(({ name, file }) => [name, () => readSource(file)])),
    async valid() {
      const checker = new RunbookChecker(dirs);
      const valid: ServedRunbook[] = [];
      for (const { name, file } of findRunbooks(dirs)) {
        const checked = await checker.head(readSource(file));
        if (!checked.ok) continue;
        const { title, severity } = checked.value;
        valid.push({ name, title, severity });
      }
      return valid;
    },
    load: (source, others) => loadRunbook(source, others ?? dirs),
    async ofRun(run, records) {
      const source = await keptRunbook(run, records);
      return {
        runbookText: source && shownSource(source),
        graph: await drawnPath(run, records, source),
      };
    },
  };
}
