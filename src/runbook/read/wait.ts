import { type Names, resultNames } from '../expression/known-names.ts';
import type { WaitStep } from '../model/runbook.ts';
import type { StepDocument } from '../schema/step.ts';
import { readOneBody } from './body.ts';
import { DEFAULT_TIMEOUT, looksFor } from './guards.ts';
import type { PartReader } from './part-reader.ts';
import type { StepSurroundings } from './step-surroundings.ts';

/** Reads a pause, or the condition that a pause waits for. */
export function readWait(
  { wait, on }: StepDocument['wait'],
  names: Names,
  reader: PartReader,
  around: StepSurroundings,
): WaitStep | undefined {
  if (typeof wait === 'string') {
    if (on !== undefined)
      reader.report(
        'keys-conflict',
        reader.keySpan(['on']),
        'a wait of fixed length runs nowhere',
        'leave on: out, or wait until: something is true',
      );
    return { kind: 'wait', ms: reader.duration(['wait'], '0s'), until: undefined };
  }
  const surroundings = { ...around, env: [] };
  const body = readOneBody('what a wait looks at', wait, ['wait'], on, names, reader, surroundings);
  const condition = reader.condition(['wait', 'until'], {
    ...names,
    ...resultNames(looksFor(wait)),
  });
  if (body === undefined || condition === undefined) return undefined;
  return {
    kind: 'wait',
    ms: reader.duration(['wait', 'within'], '0s'),
    until: {
      body,
      readBecause: wait.read_because,
      condition,
      everyMs: reader.duration(['wait', 'every'], '2s'),
      timeoutMs: reader.duration(['wait', 'timeout'], DEFAULT_TIMEOUT[body.kind]),
    },
  };
}
