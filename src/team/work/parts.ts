import type { Pool } from 'pg';
import type { Execute } from '#machine/effect.ts';
import type { RunEnvironment, RunOptions } from '#run/options.ts';
import type { ChildTexts } from '#run/values/child-inputs.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';
import type { Dispatch } from '../dispatch.ts';
import type { ApprovalRule } from '../policy/permission.ts';
import type { LiveOutputs } from '../record/live.ts';
import type { Writer } from '../record/writer.ts';
import type { Announced, Lease } from '../watch/lease.ts';

/** A runbook with its values from an environment of this worker. */
export type PreparedRunbook = {
  readonly runbook: Runbook;
  readonly given: Readonly<Record<string, string>>;
  readonly environment: RunEnvironment | undefined;
  readonly children: ChildTexts;
};

/** Its own runbooks, environments and secrets: all a worker has beside the control plane. */
export type WorkerKnowledge = {
  readonly host: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly loadParsers: RunOptions['loadParsers'];
  /** Receives internal errors that a run survives; must not throw. */
  readonly reportError: (error: unknown) => void;
  /** Resolves with whether a text, by its SHA-256, is that of a runbook in its own folders, or was. */
  knows(sha256: string): Promise<boolean>;
  /** Keeps the texts that were in its folders, as long as open runs need them; the others may go. */
  keep(needed: ReadonlySet<string>): Promise<void>;
  /**
   * Parses a runbook, infers its effects and resolves the values of an environment. `others` are the
   * texts of the runbooks that run as its steps, as the run began with; those of its own folders if
   * undefined. Rejects if any of it is missing.
   */
  prepare(
    source: Source,
    others: ReadonlyMap<string, Source> | undefined,
    run: { readonly environment: string; readonly inputs: Readonly<Record<string, string>> },
  ): Promise<PreparedRunbook>;
};

/** A moment before a change starts. */
export type Seam = 'before-durable' | 'before-check' | 'after-check';

/** The parts that all legs of a worker share. */
export type WorkerParts = {
  readonly announced: Announced;
  readonly pool: Pool;
  readonly dispatch: Dispatch;
  readonly writer: Writer;
  readonly lease: Lease;
  readonly live: LiveOutputs;
  readonly knowledge: WorkerKnowledge;
  /** The time after which a run that waits for a person is parked. */
  readonly holdMs: (ofRun: number | undefined) => number;
  /** Who confirms what now, by the own config of this worker. */
  readonly approval: () => readonly ApprovalRule[];
  readonly onSeam?: ((seam: Seam, execute: Execute) => void) | undefined;
};
