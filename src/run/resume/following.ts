import { EXIT, RunbookError, usageError } from '#errors.ts';
import type { EventOf, RecordedEvent, RunEvent } from '#events/log/event.ts';
import { type Advance, advance } from '#machine/advance.ts';
import { askAt, enterAt, type RecordedSteps } from '#machine/enter-at.ts';
import type { MachineEvent } from '#machine/event.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { machineEventOf, type Values } from '../session/machine-events.ts';
import { entersStep, type LastStep, lastStep, recordedSteps, type Told } from './recorded-steps.ts';
import type { Replay } from './replay.ts';

/** The dependencies of following a record. */
export type FollowingParts = {
  readonly runbook: Runbook;
  readonly replay: Replay;
  readonly values: Values;
  /** The ID of the run. */
  readonly id: string;
  /** Its events after the first. */
  readonly records: readonly RecordedEvent[];
  /** Called for everything that the operator did. */
  readonly onActed: (acted: EventOf<'operator.acted'>, input: MachineEvent) => void;
};

/** Where the machine is at the end of a record. */
export type Followed = {
  readonly at: Advance;
  /** The effects to carry out once the resume is recorded. */
  readonly effects: Advance['effects'];
  readonly interrupted: EventOf<'run.resumed'>['interrupted'];
};

/**
 * Moves a machine along a record. Where another build decided otherwise, what it decided is taken:
 * the machine goes on at the next step that the record enters, with the recorded results.
 */
export class Following {
  readonly #parts: FollowingParts;
  readonly #told: Told[] = [];

  constructor(parts: FollowingParts) {
    this.#parts = parts;
  }

  /**
   * Follows the whole record. If the last step cannot be followed, throws "journal-mismatch" unless
   * the operator continues `chosen`, that step, which then asks before anything of it runs.
   */
  toTheEnd(begun: Advance, chosen: string | undefined): Followed {
    const { records, replay } = this.#parts;
    let at = begun;
    let lost: RunbookError | undefined;
    replay.expect(at);
    for (const [index, record] of records.entries()) {
      const next = this.#entered(at, index, lost !== undefined);
      if (lost !== undefined && next === undefined) continue;
      try {
        lost = undefined;
        at = this.#follow(next ?? at, record);
      } catch (error) {
        if (!replay.isOfAnotherBuild || !isMismatch(error)) throw error;
        lost = error;
      }
    }
    return lost === undefined ? this.#found(at, chosen) : this.#asked(at, lost, chosen);
  }

  #found(at: Advance, chosen: string | undefined): Followed {
    if (chosen !== undefined) throw needsNoStep(this.#parts.id);
    return { at, effects: [], interrupted: this.#parts.replay.interrupted() };
  }

  #asked(from: Advance, lost: RunbookError, chosen: string | undefined): Followed {
    const { records, replay, id } = this.#parts;
    const last = lastStep(records);
    if (last === undefined || last.step !== chosen)
      throw cannotFollow(lost, id, last, replay.writtenBy);
    const at = this.#askAbout(from, last, records.length);
    return { at, effects: at.effects, interrupted: last.interrupted };
  }

  /** Returns where the machine goes on by the record, if it is not where it came to by itself. */
  #entered(at: Advance, index: number, isLost: boolean): Advance | undefined {
    const { records, replay } = this.#parts;
    const event = records[index]?.event;
    if (event === undefined) return undefined;
    const last =
      event.type === 'run.resumed' && event.at !== undefined
        ? lastStep(records.slice(0, index))
        : undefined;
    if (last !== undefined) return this.#askAbout(at, last, index);
    if (!isLost || !entersStep(event)) return undefined;
    const next = enterAt(at.snapshot, event.step, this.#stepsBefore(at, index));
    replay.restart();
    replay.expect(next);
    return next;
  }

  #askAbout(at: Advance, last: LastStep, index: number): Advance {
    const known = this.#stepsBefore(at, index);
    this.#parts.replay.restart();
    return askAt(at.snapshot, last.step, known, last.isUnknown);
  }

  #follow(at: Advance, record: RecordedEvent): Advance {
    const { replay } = this.#parts;
    const { event, seq } = record;
    const { input } = this.#tell(record);
    if (input === undefined) {
      replay.see(event, seq);
      return at;
    }
    replay.complete(event, seq);
    const next = advance(at.snapshot, input);
    replay.verdict(event, next, seq);
    this.#note(record);
    const isChosen = event.type === 'run.resumed' && event.at !== undefined;
    replay.expect(isChosen ? { ...next, effects: at.effects } : next);
    return next;
  }

  /** Returns the steps as the record has them before an event; those that were not followed too. */
  #stepsBefore({ snapshot }: Advance, index: number): RecordedSteps {
    for (const record of this.#parts.records.slice(this.#told.length, index)) {
      this.#tell(record);
      this.#note(record);
      if (record.event.type === 'run.resumed')
        this.#parts.replay.complete(record.event, record.seq);
    }
    return recordedSteps(this.#parts.runbook, snapshot.context, this.#told);
  }

  #tell({ event, at }: RecordedEvent): Told {
    const unmasked = this.#parts.replay.unmasked(event);
    const told = { event: unmasked, input: machineEventOf(unmasked, at, this.#parts.values) };
    this.#told.push(told);
    return told;
  }

  #note({ event }: { readonly event: RunEvent }): void {
    const told = this.#told.at(-1);
    if (event.type !== 'operator.acted' || told?.event.type !== 'operator.acted') return;
    if (told.input !== undefined) this.#parts.onActed(told.event, told.input);
  }
}

function isMismatch(error: unknown): error is RunbookError {
  return error instanceof RunbookError && error.code === 'journal-mismatch';
}

function needsNoStep(id: string): RunbookError {
  return usageError(
    'this build can continue the run where it is',
    `omit --at: runbook resume ${id}`,
  );
}

/** Returns the error for a record that only continues by the operator's choice. */
function cannotFollow(
  lost: unknown,
  id: string,
  last: LastStep | undefined,
  writtenBy: string,
): unknown {
  if (!isMismatch(lost) || last === undefined) return lost;
  const after = last.after === undefined ? 'from the start' : `after step ${last.after}`;
  return new RunbookError(`the run was written by ${writtenBy}: ${lost.message}`, {
    code: 'journal-mismatch',
    exitCode: EXIT.environment,
    hint: `continue ${after}, with new gates: runbook resume ${id} --at ${last.step}`,
  });
}
