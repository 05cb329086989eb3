import type { Engine } from '#runbook/model/runbook.ts';
import { checklist } from './checklist.ts';
import { diagnoseMysql } from './diagnose-mysql.ts';
import { diagnosePostgres } from './diagnose-postgres.ts';
import { shellScripts } from './shell-scripts.ts';

/** The kinds of runbook that can be begun with. */
export const TEMPLATES = {
  'diagnose-and-fix': 'look at a database, change something behind a gate, check that it helped',
  shell: 'the same with scripts, here or on another machine',
  checklist: 'instructions and questions, for what no command can do',
} as const;

/** The name of a template. */
export type TemplateName = keyof typeof TEMPLATES;

/** The places that scripts of a new runbook can run on. */
export const PLACES = ['local', 'ssh', 'docker', 'kubernetes'] as const;

/** What a new runbook is made of. */
export type Wanted = {
  readonly name: string;
  readonly title: string;
  readonly severity: string;
  readonly template: TemplateName;
  readonly engine: Engine;
  readonly place: (typeof PLACES)[number];
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

function partsOf({ template, engine, place }: Wanted): Scaffold {
  if (template === 'checklist') return checklist;
  if (template === 'shell') return shellScripts(place);
  return engine === 'postgres' ? diagnosePostgres : diagnoseMysql(engine);
}
