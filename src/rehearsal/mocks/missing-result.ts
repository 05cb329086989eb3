import type { Execute } from '#machine/effect.ts';
import type { Placed } from '#machine/placed-step.ts';
import type { Body } from '#runbook/model/runbook.ts';
import { bodiesByPart } from '#runbook/model/step-bodies.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Case } from '../cases/case.ts';
import { yamlFlow } from '../cases/yaml-text.ts';
import { type Failure, failure } from '../failure.ts';
import { ACTION_MOCKS, type ActionMock } from './by-kind.ts';
import { fieldsRead } from './fields-read.ts';
import type { MissingResult } from './given.ts';
import type { PlacedSteps } from './mocked.ts';

const NAMES: Readonly<Record<string, string>> = {
  action: 'result',
  preview: 'preview',
  recheck: 'recheck',
  verify: 'verify',
  undo: 'undo',
};

/** Returns the failure of a case that has no result for an execution of its run. */
export function missingResult(
  { step, part }: Pick<Execute, 'step' | 'part'>,
  missing: MissingResult,
  testCase: Case,
  steps: PlacedSteps,
): Failure {
  const known = steps.get(step);
  const what = nameOfPart(known, step, part);
  const body = known && bodiesByPart(known)[part];
  const example = yamlFlow(exampleOf(body, step, part, steps));
  const name = NAMES[part] ?? part;
  if (missing.part !== undefined) {
    const count = missing.part.results.length;
    return failure(
      `${what} ran ${nth(missing.times)} time, and its list has ${count === 1 ? 'one result' : `${count} results`}`,
      missing.part.span,
      { hint: 'add one to the list', paste: `- ${example}` },
    );
  }
  const hasParts = known !== undefined && Object.keys(bodiesByPart(known)).length > 1;
  const entry = hasParts ? `\n    ${name}: ${example}` : ` ${example}`;
  const mocked = testCase.steps.get(step);
  return failure(
    `${what} ran, and the case has no result for it`,
    mocked?.span ?? testCase.span,
    mocked === undefined
      ? { paste: `steps:\n  ${step}:${entry}` }
      : {
          hint: `it has ${Object.keys(mocked.parts)
            .map((one) => NAMES[one] ?? one)
            .join(', ')}`,
          paste: `${name}: ${example}`,
        },
  );
}

/** Returns the display name of a part of a step; a wait only has its repeated read. */
export function nameOfPart(known: Placed | undefined, step: string, part: string): string {
  return part === 'action' || known?.does.kind === 'wait' ? step : `the ${part} of ${step}`;
}

/** Returns an example result with every field that the runbook reads. */
function exampleOf(body: Body | undefined, step: string, part: string, steps: PlacedSteps): Json {
  const mock: ActionMock<Body | undefined> = ACTION_MOCKS[body?.kind ?? 'sql'];
  return mock.example(fieldsRead(steps, step, part), body, part);
}

function nth(times: number): string {
  const words = ['', 'for the first', 'for the second', 'for the third', 'for the fourth'];
  return words[times] ?? `for the ${times}th`;
}
