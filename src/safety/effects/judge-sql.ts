import type { Template } from '#runbook/expression/template.ts';
import { isMysqlLike } from '#runbook/model/engines.ts';
import type { Engine } from '#runbook/model/runbook.ts';
import { broken, type Judged, judged } from './judged.ts';
import { maskPlaceholders } from './mask-placeholders.ts';
import { inferMysql } from './mysql/infer.ts';
import { parameterProblems } from './parameter-problems.ts';
import type { EffectParsers } from './parsers.ts';
import { inferPostgres } from './postgres/infer.ts';
import { postgresProblems } from './postgres/problems.ts';
import { type Reason, unsure } from './report.ts';
import { severalStatements } from './several-statements.ts';
import { spanInFile } from './template-language.ts';

/**
 * Infers the effect of a statement for its engine. If the engine is unknown before the run, the
 * statement must be a read on each possible one; one that PostgreSQL cannot parse counts as MySQL
 * only.
 */
export function judgeSql(
  template: Template,
  engine: Engine | undefined,
  parsers: EffectParsers,
): Judged {
  const { postgres: parse } = parsers;
  const misplaced = parameterProblems(template, engine, parse);
  if (misplaced.length > 0) return broken(misplaced);
  const { report, problems } = judgeFor(template, engine, parsers);
  return { report, problems: [...problems, ...severalStatements(template, engine, parse)] };
}

function judgeFor(
  template: Template,
  engine: Engine | undefined,
  { postgres: parse }: EffectParsers,
): Judged {
  const mysql = () =>
    inferMysql(maskPlaceholders(template.text, template.placeholders, 'mysql')).because;
  if (isMysqlLike(engine)) return placed(template, mysql());
  const whole = { start: 0, end: template.text.length };
  if (parse === undefined)
    return placed(template, [unsure('there is no parser for this statement', whole)]);
  const text = maskPlaceholders(template.text, template.placeholders, 'postgres');
  const [problem] = postgresProblems(text, parse);
  if (problem !== undefined) {
    if (engine === undefined && !problem.isSyntax)
      return placed(template, [unsure(`PostgreSQL cannot read this: ${problem.message}`, whole)]);
    if (engine === undefined) return placed(template, mysql());
    return broken([
      {
        severity: 'error',
        code: 'sql-syntax',
        message: `PostgreSQL cannot read this: ${problem.message}`,
        span: spanInFile(template, problem.span),
        hint: 'correct the statement, or say which engine it is for',
      },
    ]);
  }
  const { because } = inferPostgres(text, parse);
  if (engine !== undefined) return placed(template, because);
  const others = because.length > 0 ? [] : mysql();
  return placed(template, [
    ...because,
    ...others.map((reason) => ({
      ...reason,
      text: `${reason.text} on MySQL (engine: on the target says which it is)`,
    })),
  ]);
}

function placed(template: Template, because: readonly Reason[]): Judged {
  return judged(because.map((one) => ({ ...one, span: spanInFile(template, one.span) })));
}
