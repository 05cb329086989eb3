import type { Effect } from '#runbook/model/runbook.ts';
import type { PinnedRows, ShownAction, ShownChanges, ShownItem, SparedRow } from './parts.ts';

/** What happens at a gate, and of what was confirmed there. */
export type GateEvent =
  /** Written when a gate is put before the operator; it holds all that the gate shows. */
  | {
      readonly type: 'gate.opened';
      readonly step: string;
      readonly title: string;
      readonly effect: Effect;
      readonly action: ShownAction;
      readonly digest: string;
      readonly level: 'key' | 'type';
      /** What has to be typed; only with level `type`. */
      readonly phrase?: string;
      readonly warning?: string;
      /** Why it is not taken for a read, in a sentence, where nobody said what it does. */
      readonly notRead?: string;
      readonly undo?: string;
      /** The rows that are pinned, when the step has a preview. */
      readonly preview?: PinnedRows;
      /** What is different from the gate that was put before this one, when it is put again. */
      readonly changes?: ShownChanges;
      readonly operator: string;
      /** It is an undo of the step that is to be confirmed. */
      readonly part?: 'undo';
      readonly item?: ShownItem;
      /** A dry run: nothing runs, whatever is answered. */
      readonly simulated?: boolean;
    }
  /** Written and synced when the operator answers a gate. `refused`: the phrase or the digest was not the right one, or the server had changed. `simulated`: a dry run went on, and nothing ran. */
  | {
      readonly type: 'gate.answered';
      readonly step: string;
      readonly answer: 'confirmed' | 'declined' | 'refresh' | 'refused' | 'simulated';
      readonly operator: string;
      readonly digest: string;
      readonly phrase?: string;
      readonly reason?: string;
      readonly previewAgeMs?: number;
    }
  /**
   * Written between a confirmation and its change, when rows that were read again are not what the gate
   * showed any more: they are left alone.
   */
  | {
      readonly type: 'rows.spared';
      readonly step: string;
      readonly columns: readonly string[];
      readonly rows: readonly SparedRow[];
      /** How many rows the change acts on all the same; with none it does not run. */
      readonly left: number;
      readonly item?: ShownItem;
    };
