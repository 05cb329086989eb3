import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import { didYouMean } from '#text/suggest.ts';
import type { RoutedRunbook } from '../route.ts';
import type { AlertsConfig, Route } from './schema.ts';

/** The runbooks and environments that routes may name. */
type KnownToRoutes = {
  readonly runbook: (name: string) => RoutedRunbook | undefined;
  /** The names of all runbooks, for suggestions. */
  readonly runbooks: readonly string[];
  /** Undefined if the environments are not known here. */
  readonly environments: readonly string[] | undefined;
};

/** Returns the problems of routes that name unknown things, or inputs that no alert may set. */
export function checkRoutes(
  { routes }: AlertsConfig,
  known: KnownToRoutes,
): readonly Diagnostic<string>[] {
  return routes.flatMap((route) => [
    ...environmentProblems(route, known.environments),
    ...runbookProblems(route, known),
  ]);
}

function environmentProblems(
  { environment, spans }: Route,
  known: KnownToRoutes['environments'],
): readonly Diagnostic<string>[] {
  if (known === undefined || known.includes(environment)) return [];
  const message = `unknown environment "${environment}"`;
  return [errorAt('wrong-value', spans.environment, message, didYouMean(environment, known))];
}

function runbookProblems(
  { runbook: name, spans, inputs }: Route,
  { runbook: find, runbooks }: KnownToRoutes,
): readonly Diagnostic<string>[] {
  const runbook = find(name);
  if (runbook === undefined) {
    const isInvalid = runbooks.includes(name);
    const message = isInvalid ? `the runbook "${name}" is invalid` : `unknown runbook "${name}"`;
    const hint = isInvalid ? `runbook validate ${name}` : didYouMean(name, runbooks);
    return [errorAt('unknown-runbook', spans.runbook, message, hint ?? 'runbook list lists them')];
  }
  const names = runbook.inputs.flatMap((input) => (input.secret ? [] : [input.name]));
  return inputs.flatMap(({ name: input, nameSpan }): readonly Diagnostic<string>[] => {
    const definition = runbook.inputs.find((one) => one.name === input);
    if (definition === undefined) {
      const message = `the runbook "${name}" has no input "${input}"`;
      return [errorAt('unknown-name', nameSpan, message, didYouMean(input, names))];
    }
    if (!definition.secret) return [];
    const message = `the input "${input}" is secret: no alert can set it`;
    return [errorAt('wrong-value', nameSpan, message, 'the worker has its value')];
  });
}
