import { effectWarnings } from '#runbook/checks/effect-warnings.ts';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Runbook, Step } from '#runbook/model/runbook.ts';
import { positionAt } from '#runbook/yaml/source.ts';
import { rulesOf } from '../kinds/rules.ts';
import { applyToAction } from './apply-to-action.ts';
import { columnProblems } from './column-names.ts';
import { firstRowProblems } from './first-row.ts';
import { unsetVariableWarnings } from './judge-script.ts';
import { type JudgeBody, readPart } from './must-read.ts';
import type { EffectParsers } from './parsers.ts';
import { volatileProblems } from './volatile-columns.ts';
import { withoutRows } from './without-rows.ts';

/** A runbook in which every action has its effect, with diagnostics of its declared effects. */
export type Applied = {
  readonly runbook: Runbook;
  readonly diagnostics: readonly Diagnostic[];
};

/**
 * Infers the effect of every action in a runbook. An undeclared effect becomes the inferred one; a
 * declared effect below the inferred one, or a declared read that is not proven, is an error. A
 * runbook with an error must not run. Results are taken from `known` if it has them, and added to
 * it.
 */
export function applyEffects(
  runbook: Runbook,
  parsers: EffectParsers,
  known: KnownEffects = new Map(),
): Applied {
  return new Application(parsers, known).runbook(runbook);
}

/** Runbooks with applied effects, by their parsed form. */
export type KnownEffects = Map<Runbook, Applied>;

/** The state of one application. A runbook that is used twice is judged once. */
class Application {
  readonly #parsers: EffectParsers;
  readonly #applied: KnownEffects;

  constructor(parsers: EffectParsers, known: KnownEffects) {
    this.#parsers = parsers;
    this.#applied = known;
  }

  runbook(runbook: Runbook): Applied {
    const known = this.#applied.get(runbook);
    if (known !== undefined) return known;
    const diagnostics: Diagnostic[] = [];
    const prerequisites = runbook.prerequisites.map((one) => {
      if (one.check === undefined) return one;
      const check = this.#step(one.check, runbook, diagnostics, 'the check of a prerequisite');
      return { ...one, check };
    });
    const steps = runbook.steps.map((step) => this.#step(step, runbook, diagnostics));
    const judged = { ...runbook, prerequisites, steps };
    diagnostics.push(...effectWarnings(judged), ...columnProblems(runbook, this.#parsers.postgres));
    const applied = { runbook: judged, diagnostics };
    this.#applied.set(runbook, applied);
    return applied;
  }

  /** Applies effects to a step. `read` describes a step that must be a read. */
  #step(
    step: Step,
    { targets, inputs }: Pick<Runbook, 'targets' | 'inputs'>,
    problems: Diagnostic[],
    read?: string,
  ): Step {
    const { does, forEach } = step;
    const judge: JudgeBody = (body, readBecause) => {
      if (body.kind === 'shell')
        problems.push(...unsetVariableWarnings(body, { targets, inputs }, this.#parsers));
      return rulesOf(body.kind).judge(
        body,
        { targets, inputs },
        this.#parsers,
        readBecause !== undefined,
      );
    };
    if ('body' in does) {
      const several =
        (forEach?.concurrency ?? 1) > 1 ? 'what runs several times at once' : undefined;
      problems.push(...withoutRows(does.body, step.next, targets, this.#parsers.postgres));
      if (does.preview !== undefined)
        problems.push(
          ...volatileProblems(does.preview, targets, this.#parsers.postgres),
          ...firstRowProblems(does.body, does.preview, targets),
        );
      return { ...step, does: applyToAction(does, judge, problems, read ?? several) };
    }
    if (does.kind === 'wait') {
      if (does.until === undefined) return step;
      const until = readPart(does.until, judge, problems, 'what a wait looks at');
      return { ...step, does: { ...does, until } };
    }
    if (does.kind === 'parallel') {
      const what = 'what runs beside other steps';
      const steps = does.steps.map((one) => this.#step(one, { targets, inputs }, problems, what));
      return { ...step, does: { ...does, steps: steps as typeof does.steps } };
    }
    if (does.kind === 'runbook') {
      const inner = this.runbook(does.runbook);
      problems.push(...problemsInside(inner, step));
      return { ...step, does: { ...does, runbook: inner.runbook } };
    }
    return { ...step, does: does satisfies RunsNothing };
  }
}

/** A kind of step with a body of its own is judged above, or does not compile. */
type RunsNothing = { readonly kind: 'ask' | 'manual' | 'finish' };

/** Returns the first error of a nested runbook for all, since its text cannot be shown here. */
function problemsInside({ runbook, diagnostics }: Applied, step: Step): readonly Diagnostic[] {
  const [first] = diagnostics.filter(({ severity }) => severity === 'error');
  if (first === undefined) return [];
  const { source, name } = runbook;
  const { file, line, column } = positionAt(source, first.span.start);
  return [
    {
      severity: 'error',
      code: 'runbook-invalid',
      message: `the runbook "${name}" is not valid: ${file}:${line}:${column}: ${first.message}`,
      span: step.span,
      hint: `runbook validate ${name} says everything about it`,
    },
  ];
}
