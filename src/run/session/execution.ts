import { EXIT, messageOf, RunbookError } from '#errors.ts';
import type { EventOf, OutputRecord } from '#events/log/event.ts';
import type { ReportError } from '#events/log/listeners.ts';
import type { LiveOutput } from '#events/log/live.ts';
import { listedRows } from '#machine/context/preview-rows.ts';
import type { Execute } from '#machine/effect.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { positionAt, type Source } from '#runbook/yaml/source.ts';
import { type Action, isReadOnly } from '#safety/actions/action.ts';
import { originAt } from '#safety/actions/bind-sql.ts';
import type { Redactor } from '#safety/redaction/redactor.ts';
import type { ExecuteContext, Executor, OutputStream, StepOutcome } from '#steps/executor.ts';
import type { RunOptions } from '../options.ts';
import { CapturedOutput, outputName } from '../outputs/captured.ts';
import { LIVE_LINES, LiveTail } from '../outputs/live-tail.ts';
import { maskedText } from '../outputs/masked-text.ts';
import type { OutputSink } from '../outputs/port.ts';

/** The dependencies of an execution. */
export type ExecutionSurroundings = {
  /** Stores the outputs. */
  readonly outputs: OutputSink;
  /** Returns the text of the runbook that contains a step. */
  readonly sourceOf: (step: string) => WrittenIn;
  readonly executorFor: (action: Action) => Promise<Executor>;
  /** See {@link RunOptions.mayStart}. */
  readonly mayStart?: RunOptions['mayStart'];
  /** Makes the screen release the terminal; undefined if there is none. */
  readonly takeTerminal?: ExecuteContext['takeTerminal'] | undefined;
};

/** The text that contains a step; inside another step it is not the run's. */
export type WrittenIn = { readonly source: Source; readonly isInside: boolean };

/** The listeners of an execution's output, and of errors that do not end it. */
export type ExecutionOptions = {
  readonly onLive: (live: LiveOutput) => void;
  readonly reportError: ReportError;
};

/** The execution of one part of a step, from its action to its end event. */
export class Execution {
  readonly #execute: Execute;
  readonly #surroundings: ExecutionSurroundings;
  readonly #redactor: Redactor;
  readonly #controller = new AbortController();
  readonly #outputs = new Map<OutputStream, CapturedOutput>();
  readonly #tail: LiveTail;
  readonly #reportError: ReportError;

  constructor(
    execute: Execute,
    surroundings: ExecutionSurroundings,
    redactor: Redactor,
    options: ExecutionOptions,
  ) {
    this.#execute = execute;
    this.#surroundings = surroundings;
    this.#redactor = redactor;
    this.#reportError = options.reportError;
    const { step, item } = execute;
    const about = item === undefined ? { step } : { step, item };
    this.#tail = new LiveTail({
      lines: LIVE_LINES,
      onChange: (lines, bytes) => options.onLive({ ...about, lines, bytes, ...this.#kept() }),
    });
  }

  /** Cancels the action; `run` then resolves with its end. */
  cancel(): void {
    this.#controller.abort();
  }

  /** Executes the action; resolves with its end event, whatever it is. Never rejects. */
  async run(): Promise<EventOf<'step.finished'>> {
    const startedAt = performance.now();
    const { part, action } = this.#execute;
    const isConnecting = 'kind' in action && action.kind === 'connect';
    const isPreview = (part === 'preview' || part === 'recheck') && !isConnecting;
    const outcome = isPreview ? listed(await this.#outcome()) : await this.#outcome();
    this.#unharmed(() => this.#tail.end());
    const outputs: OutputRecord[] = [];
    for (const output of this.#outputs.values()) {
      const sync = this.#execute.effect !== 'read';
      const record = await output.finish({ sync }).catch(this.#reportError);
      if (record !== undefined) outputs.push(record);
    }
    const { step, visit, attempt, item } = this.#execute;
    return {
      type: 'step.finished',
      step,
      visit,
      part,
      attempt,
      status: outcome.status,
      ms: Math.round(performance.now() - startedAt),
      ...(outcome.result === undefined ? {} : { result: outcome.result }),
      ...('error' in outcome ? { error: this.#located(outcome.error) } : {}),
      outputs,
      ...(item === undefined ? {} : { item }),
    };
  }

  /**
   * An output is evidence, not a precondition: an error in storing or showing it does not end the
   * action.
   */
  #unharmed<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.#reportError(error);
      return undefined;
    }
  }

  async #outcome(): Promise<StepOutcome> {
    const { action, server } = this.#execute;
    if ('unresolved' in action)
      return { status: 'failed', error: { kind: 'unresolved', message: action.unresolved } };
    const { takeTerminal, mayStart: ask } = this.#surroundings;
    const mayStart =
      ask === undefined || this.#execute.effect === 'read' ? undefined : () => ask(this.#execute);
    try {
      const executor = await this.#surroundings.executorFor(action);
      await mayStart?.();
      return await executor.execute(action, {
        signal: this.#controller.signal,
        onOutput: (stream, chunk) => this.#unharmed(() => this.#output(stream).write(chunk)),
        ...(takeTerminal === undefined ? {} : { takeTerminal }),
        expectedServer: server,
        mayStart,
      });
    } catch (error) {
      return this.#failure(action, error);
    }
  }

  /** An executor that throws has failed in an unknown way: a change may have happened. */
  #failure(action: Action, error: unknown): StepOutcome {
    const message = messageOf(error);
    const known = error instanceof RunbookError && error.exitCode === EXIT.environment;
    const stepError: StepError = { kind: known ? 'config' : 'unknown', message };
    return { status: isReadOnly(action) || known ? 'failed' : 'unknown', error: stepError };
  }

  #output(stream: OutputStream): CapturedOutput {
    const existing = this.#outputs.get(stream);
    if (existing !== undefined) return existing;
    const { step, visit, part, attempt, item } = this.#execute;
    const file = new CapturedOutput({
      sink: this.#surroundings.outputs,
      name: outputName({ step, visit, part, attempt, stream, item: item?.index }),
      stream,
      mask: maskedText(this.#redactor),
      onMasked: (chunk) => this.#tail.push(stream, chunk),
    });
    this.#outputs.set(stream, file);
    return file;
  }

  #kept(): Pick<LiveOutput, 'files' | 'droppedBytes'> {
    const outputs = [...this.#outputs.values()];
    return {
      files: outputs.flatMap(({ file }) => file ?? []),
      droppedBytes: outputs.reduce((sum, { droppedBytes }) => sum + droppedBytes, 0),
    };
  }

  /** Adds the place in the runbook file that corresponds to a position in the statement. */
  #located(error: StepError): StepError {
    const { action } = this.#execute;
    if (error.position === undefined || 'unresolved' in action || action.kind !== 'sql')
      return error;
    const offset = originAt(action.origin, error.position);
    if (offset === undefined) return error;
    const { source, isInside } = this.#surroundings.sourceOf(this.#execute.step);
    const { file, line, column } = positionAt(source, offset);
    const isElsewhere = isInside || file !== source.file;
    return { ...error, at: { line, column, ...(isElsewhere ? { file } : {}) } };
  }
}

/** Returns the outcome of a preview, whose result is rows. */
function listed(outcome: StepOutcome): StepOutcome {
  if (outcome.status !== 'succeeded') return outcome;
  const result = listedRows(outcome.result);
  if (result !== undefined) return { ...outcome, result };
  const message = 'the preview lists more than can be read';
  return { status: 'failed', error: { kind: 'too_many_rows', message } };
}
