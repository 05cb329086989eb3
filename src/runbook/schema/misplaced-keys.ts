import { STEP_SCHEMAS, type StepDocument } from './step.ts';

type Kind = keyof StepDocument;
type Reasons = Readonly<Partial<Record<Kind, string>>>;

const A_PERSON = 'a person does it, and takes the time that takes';

/** The reasons why kinds of step lack keys that others have. */
const REASONS: Readonly<Record<string, Reasons>> = {
  on: {
    probe: 'a probe runs on this machine',
    ask: A_PERSON,
    manual: A_PERSON,
    runbook: 'the steps of that runbook say where they run',
    parallel: 'each of its steps says where it runs',
  },
  timeout: {
    ask: A_PERSON,
    manual: A_PERSON,
    wait: 'the duration is its limit; with until: the limit is within:',
    runbook: 'the steps of that runbook have their own',
    parallel: 'each of its steps has its own',
  },
  retry: {
    ask: A_PERSON,
    manual: A_PERSON,
    wait: 'with until: it looks again and again by itself',
    runbook: 'go back to it with next:',
    parallel: 'what is tried again is a step of its own',
  },
  for_each: {
    ask: 'a question is asked once; a manual step can be repeated',
    wait: 'a wait is one wait',
    parallel: 'put the steps into a runbook of their own, and repeat that',
    finish: 'a run ends once',
  },
  concurrency: {
    manual: 'a person does one thing after the other',
    runbook: 'runbooks are done one after the other',
  },
  effect: { probe: 'a probe only reads' },
  verify: { probe: 'a probe only reads; wait until: looks again and again' },
  preview: { probe: 'a probe only reads, without a gate' },
  confirm: { probe: 'a probe only reads, without a gate' },
  undo: { probe: 'a probe only reads' },
};

const IN_BRANCH: Readonly<Record<string, string>> = {
  next: 'next: of the parallel step decides, when all branches are done',
  for_each: 'what is repeated is a step of its own',
  as: 'what is repeated is a step of its own',
  concurrency: 'what is repeated is a step of its own',
  retry: 'what is tried again is a step of its own',
  phase: 'it is that of the parallel step',
  max_visits: 'it is that of the parallel step',
  interactive: 'only one script at a time can have the terminal',
  preview: 'a branch only reads, without a gate',
  confirm: 'a branch only reads, without a gate',
  verify: 'a branch only reads',
  undo: 'a branch only reads',
};

/** Returns why a kind of step lacks a key, or undefined if no step has that key. */
export function whyNot(kind: Kind, key: string, isBranch: boolean): string | undefined {
  const owners = (Object.keys(STEP_SCHEMAS) as Kind[]).filter((one) =>
    Object.hasOwn(STEP_SCHEMAS[one].shape, key),
  );
  if (owners.length === 0) return undefined;
  const reason = isBranch && Object.hasOwn(IN_BRANCH, key) ? IN_BRANCH[key] : undefined;
  const own = Object.hasOwn(REASONS, key) ? REASONS[key]?.[kind] : undefined;
  return reason ?? own ?? `it belongs to ${owners.join(', ')}`;
}
