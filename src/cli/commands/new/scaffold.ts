import { readFileSync } from 'node:fs';
import { type Catalog, catalogOf, type Engine } from '#runbook/model/engines.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { create as spec } from '../../specs/runbooks.ts';

type Options = CommandLine<typeof spec>['options'];

/** The name of a template. */
export type TemplateName = NonNullable<Options['template']>;

/** The choices for a new runbook. */
export type Wanted = {
  readonly name: string;
  readonly title: string;
  readonly severity: NonNullable<Options['severity']>;
  readonly template: TemplateName;
  readonly engine: Engine;
  /** The target of scripts. */
  readonly target: NonNullable<Options['target']>;
};

/** The texts of a new runbook and its tests, without their first lines. */
export type Scaffold = { readonly runbook: string; readonly cases: string };

/** The definition of a script's target, by kind. */
const TARGETS: Readonly<Record<Wanted['target'], string>> = {
  local: 'local: true',
  ssh: 'ssh: deploy@web1',
  docker: 'docker: web',
  kubernetes: 'kubernetes: { namespace: prod, deployment: web }',
};

/** The template of a runbook that diagnoses a database; one without it gets a checklist. */
const DIAGNOSE: Readonly<Partial<Record<Catalog, string>>> = {
  postgres: 'diagnose-postgres',
  mysql: 'diagnose-mysql',
};

/** Returns the texts of a new, valid runbook with passing tests. */
export function scaffold({ name, title, severity, template, engine, target }: Wanted): Scaffold {
  const diagnose = DIAGNOSE[catalogOf(engine)] ?? 'checklist';
  const file = template === 'diagnose-and-fix' ? diagnose : template;
  const values = {
    name,
    title: JSON.stringify(title),
    severity,
    '    engine': engine,
    '  app': `{ ${TARGETS[target]} }`,
  };
  const runbook = Object.entries(values).reduce(
    (text, [key, value]) => text.replace(new RegExp(`^${key}: .*$`, 'm'), () => `${key}: ${value}`),
    templateText(`${file}.yaml`),
  );
  return { runbook, cases: templateText(`${file}.test.yaml`) };
}

/** Reads a template, which is beside the bundle, or beside the source in a checkout. */
function templateText(file: string): string {
  return readFileSync(new URL(`./templates/${file}`, import.meta.url), 'utf8');
}
