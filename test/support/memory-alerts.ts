import type { RunsState } from '#alerts/decide.ts';
import type { AlertStart, AlertStore, RecordedAlert } from '#web/hooks.ts';

/** A store in memory, and what it was given. Like a database it checks again when a run starts. */
export class MemoryAlerts implements AlertStore {
  readonly started: AlertStart[] = [];
  readonly kept: RecordedAlert[] = [];
  readonly open = new Map<string, string>();
  readonly startedAt: number[] = [];
  /** Called before a run starts: another server can be faster. */
  before: () => void = () => {};

  readonly state = async (): Promise<RunsState> => {
    const open = new Map(this.open);
    return { open, finishedAt: new Map(), openRuns: [], startedAt: [...this.startedAt] };
  };

  readonly start: AlertStore['start'] = async (start) => {
    this.before();
    const joined = this.open.get(start.fingerprint);
    if (joined !== undefined) return { decision: 'joined', run: joined };
    if (this.open.size >= start.maxOpen) return { decision: 'limited' };
    this.started.push(start);
    const run = `run-${this.started.length}`;
    this.open.set(start.fingerprint, run);
    return { decision: 'started', run };
  };

  readonly find: AlertStore['find'] = async (id) => {
    const alert = this.kept[Number(id) - 1]?.alert;
    return alert && { alert, isOver: false };
  };

  readonly record: AlertStore['record'] = async (alerts) => {
    this.kept.push(...alerts);
  };
}
