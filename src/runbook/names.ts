import type { Diagnostic } from './diagnostic.ts';
import type { Expression } from './expression.ts';
import type { NameUse } from './expression-names.ts';
import type { StepKind } from './runbook.ts';
import { didYouMean } from './suggest.ts';

/** What can stand behind a name: further names, or anything at all. */
export type Shape = 'anything' | { readonly [name: string]: Shape };

const TARGET: Shape = {
  name: 'anything',
  engine: 'anything',
  host: 'anything',
  port: 'anything',
  database: 'anything',
  user: 'anything',
};
const ERROR: Shape = {
  kind: 'anything',
  phase: 'anything',
  code: 'anything',
  message: 'anything',
  hint: 'anything',
};
const RUN: Shape = { id: 'anything', operator: 'anything', started_at: 'anything' };

const RESULTS: Readonly<Record<StepKind, Shape>> = {
  sql: {
    rows: 'anything',
    row: 'anything',
    row_count: 'anything',
    columns: 'anything',
    truncated: 'anything',
  },
  shell: { stdout: 'anything', stderr: 'anything', exit_code: 'anything', signal: 'anything' },
  ask: { answer: 'anything' },
  manual: { done: 'anything', evidence: 'anything' },
  wait: { ms: 'anything' },
  probe: {},
  runbook: { outcome: 'anything', findings: 'anything' },
  parallel: {},
  finish: {},
};

/** Returns what can stand behind `result` in a step of a kind. */
export function resultShape(kind: StepKind): Shape {
  return RESULTS[kind];
}

/** What the whole runbook defines; `steps` by id. */
export type RunbookNames = {
  readonly inputs: readonly string[];
  readonly targets: readonly string[];
  readonly steps: Readonly<Record<string, StepKind>>;
};

/** Returns the names every expression of a runbook can use. */
export function commonNames(names: RunbookNames): { readonly [name: string]: Shape } {
  const steps = Object.entries(names.steps).map(([id, kind]) => {
    const result = RESULTS[kind];
    const own = typeof result === 'object' ? result : {};
    return [id, { ...own, status: 'anything', error: ERROR }] as const;
  });
  return {
    inputs: Object.fromEntries(names.inputs.map((name) => [name, 'anything' as const])),
    targets: Object.fromEntries(names.targets.map((name) => [name, TARGET])),
    steps: Object.fromEntries(steps),
    run: RUN,
  };
}

/** Returns the names an expression inside a step can use besides the common ones. */
export function stepNames(
  kind: StepKind,
  allowed: readonly ('result' | 'error' | 'preview')[],
): { readonly [name: string]: Shape } {
  const own: Record<string, Shape> = {};
  if (allowed.includes('result')) own.result = RESULTS[kind];
  if (allowed.includes('error')) own.error = ERROR;
  if (allowed.includes('preview')) own.preview = RESULTS.sql;
  return own;
}

/** Reports every name of an expression that cannot exist where it stands. */
export function checkNames(
  expression: Expression,
  shape: { readonly [name: string]: Shape },
  problems: Diagnostic[],
): void {
  for (const use of expression.names) {
    const problem = checkName(use, shape);
    if (problem !== undefined) problems.push(problem);
  }
}

function checkName(use: NameUse, root: Shape): Diagnostic | undefined {
  let shape = root;
  for (const [index, part] of use.path.entries()) {
    if (shape === 'anything') return undefined;
    const inner: Shape | undefined = Object.hasOwn(shape, part) ? shape[part] : undefined;
    if (inner === undefined) {
      const before = use.path.slice(0, index).join('.');
      const hint = didYouMean(part, Object.keys(shape));
      return {
        severity: 'error',
        code: 'unknown-name',
        message: before === '' ? `nothing is called "${part}" here` : `${before} has no "${part}"`,
        span: use.span,
        ...(hint === undefined ? {} : { hint }),
      };
    }
    shape = inner;
  }
  return undefined;
}
