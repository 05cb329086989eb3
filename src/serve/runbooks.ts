import type { RecordedEvent } from '#events/log/event.ts';
import type { RunRecord } from '#run/store/port.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';
import type { Attachments } from '#web/served-runs.ts';
import type { ServedRunbook } from '#web/served-team.ts';

/** The runbooks in the folders of a server or a worker, as the files are at each call. */
export type FolderRunbooks = {
  /** Returns how to read each text, by the name of the runbook; reading throws if a file is gone. */
  found(): ReadonlyMap<string, () => Source>;
  /** Resolves with the valid runbooks, by name. */
  valid(): Promise<readonly ServedRunbook[]>;
  /**
   * Checks a runbook; `others` are the texts of the runbooks that run as its steps, those of the
   * folders if undefined. Rejects with every problem in it.
   */
  load(source: Source, others?: ReadonlyMap<string, Source>): Promise<Runbook>;
  /** Resolves with the runbook that a run was started with, and the drawing of its path. */
  ofRun(
    run: RunRecord,
    records: readonly RecordedEvent[],
  ): Promise<Pick<Attachments, 'runbookText' | 'graph'>>;
};
