import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Template } from '#runbook/expression/template.ts';
import { isMysqlLike } from '#runbook/model/engines.ts';
import type { Engine } from '#runbook/model/runbook.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { maskPlaceholders } from './mask-placeholders.ts';
import { secondOfMysql } from './mysql/infer.ts';
import { firstWord, type ParsePostgres } from './postgres/infer.ts';
import { readPostgres } from './postgres/problems.ts';
import { offsetOfByte } from './postgres/syntax.ts';
import { spanInFile } from './template-language.ts';

/** Returns an error for a text with more than one statement: a step runs one. */
export function severalStatements(
  template: Template,
  engine: Engine | undefined,
  parse: ParsePostgres | undefined,
): readonly Diagnostic[] {
  const masked = (language: 'postgres' | 'mysql') =>
    maskPlaceholders(template.text, template.placeholders, language);
  const isMysql = isMysqlLike(engine);
  const second =
    isMysql || parse === undefined
      ? secondOfMysql(masked('mysql'))
      : secondOfPostgres(masked('postgres'), parse);
  if (second === undefined) return [];
  return [
    {
      severity: 'error',
      code: 'sql-syntax',
      message: 'a step runs one statement, and this is the second',
      span: spanInFile(template, second),
      hint: 'make it a step of its own; what must happen together belongs in one statement',
    },
  ];
}

function secondOfPostgres(sql: string, parse: ParsePostgres): Span | undefined {
  const read = readPostgres(sql, parse);
  const second = read.kind === 'statements' ? read.statements[1] : undefined;
  return second && firstWord(sql, offsetOfByte(sql, second.at));
}
