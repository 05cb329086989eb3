import type { RunView } from '#events/view/run-view.ts';
import { placedSteps } from '#machine/placed-step.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Journal } from '../journal/port.ts';
import type { RunOptions } from '../options.ts';
import { isGrowing, shownOutput } from '../outputs/shown.ts';
import type { RunRecord } from '../store/port.ts';
import { Connections } from '../values/connections.ts';
import type { RunValues } from '../values/current.ts';
import type { SecretValues } from '../values/secrets.ts';
import type { WrittenIn } from './execution.ts';
import { Session } from './run-session.ts';

/** A run that is ready to start. */
export type OpenRun = {
  readonly id: string;
  readonly session: Session;
  /** Starts the run; listeners should be subscribed by then. */
  readonly begin: () => void;
  /** Closes connections and the journal; call it once the session has ended. */
  readonly close: () => Promise<void>;
};

/** The parts of an open run. */
export type SessionSetting = {
  readonly runbook: Runbook;
  readonly journal: Journal;
  readonly record: RunRecord;
  readonly values: RunValues;
  readonly secrets: SecretValues;
  readonly options: RunOptions;
  readonly view: RunView;
};

/** Returns the text that contains a step: a runbook that runs as a step has its own. */
function writtenIn(runbook: Runbook, step: string): WrittenIn {
  const { source } = placedSteps(runbook).get(step)?.runbook ?? runbook;
  return { source, isInside: source !== runbook.source };
}

/** Connects machine, journal and executors. */
export function openSession(setting: SessionSetting): Omit<OpenRun, 'begin'> {
  const { runbook, journal, record, values, secrets, options } = setting;
  const { clock, monotonic, random, env, host, reportError } = options.surroundings;
  const connections = new Connections({
    targetNamed: (name) => values.targetNamed(name),
    targets: () => values.all,
    isKnown: (target) => session.isKnown(target),
    runId: record.id,
    env,
    onConnected: (target, facts) => {
      const { description, reserved } = facts;
      session.move({ type: 'target.connected', target, description, reserved, facts });
    },
  });
  const session: Session = new Session(
    {
      runbook,
      journal,
      secrets,
      values,
      surroundings: {
        outputs: record.outputs.sink,
        sourceOf: (step) => writtenIn(runbook, step),
        executorFor: (action) => connections.executorFor(action),
        mayStart: options.mayStart,
      },
      clock,
      monotonic,
      random,
      reportError,
      board: record.board,
      host,
      schedule: options.surroundings.schedule,
      attended: options.attended,
      readOutput: (file) =>
        shownOutput(record.outputs.source, file, { isGrowing: isGrowing(session.view(), file) }),
      refusalOf: (intent, step) => values.refusalOf(intent, step),
      onEdited: (inputs, step) => {
        values.edit(inputs, step);
        // Whatever fails to close in order is still released: the run may continue elsewhere.
        connections.closeUnused().catch(reportError);
      },
      onCalled: (call) => values.called(call),
      targetNamed: (name) => values.targetNamed(name),
      loadParsers: options.loadParsers,
    },
    setting.view,
  );
  const stopReceiving = record.notices.receive((notice) => session.witness(notice));
  return {
    id: record.id,
    session,
    close: async () => {
      stopReceiving();
      await session.release();
      await connections.close();
      await journal.close();
    },
  };
}
