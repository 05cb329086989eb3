import type { Engine } from '#runbook/model/runbook.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { create as spec } from '../../specs/runbooks.ts';
import { checklist } from './checklist.ts';
import { diagnoseMysql } from './diagnose-mysql.ts';
import { diagnosePostgres } from './diagnose-postgres.ts';
import { shellScripts } from './shell-scripts.ts';

type Options = CommandLine<typeof spec>['options'];

/** The name of a template. */
export type TemplateName = NonNullable<Options['template']>;

/** What a new runbook is made of. */
export type Wanted = {
  readonly name: string;
  readonly title: string;
  readonly severity: NonNullable<Options['severity']>;
  readonly template: TemplateName;
  readonly engine: Engine;
  /** Where scripts run. */
  readonly target: NonNullable<Options['target']>;
};

/** The text of a new runbook and that of its tests, without their first lines. */
export type Scaffold = { readonly runbook: string; readonly cases: string };

/** Returns the texts of a new runbook that is valid as it is, with tests that pass. */
export function scaffold(wanted: Wanted): Scaffold {
  const { runbook, cases } = partsOf(wanted);
  const { name, title, severity } = wanted;
  const head = `name: ${name}\ntitle: ${JSON.stringify(title)}\nseverity: ${severity}\n`;
  return { runbook: head + runbook, cases };
}

function partsOf({ template, engine, target }: Wanted): Scaffold {
  if (template === 'checklist') return checklist;
  if (template === 'shell') return shellScripts(target);
  return engine === 'postgres' ? diagnosePostgres : diagnoseMysql(engine);
}
