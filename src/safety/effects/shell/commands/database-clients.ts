import type { Span } from '#runbook/yaml/source.ts';
import { judgeMysql } from '../../mysql/infer.ts';
import { judgePostgres } from '../../postgres/infer.ts';
import { known, type Reason, unsure } from '../../report.ts';
import { type FlagSpec, readFlags } from '../flags.ts';
import type { Call, Judge, Judging } from '../judging.ts';
import { change, judgeValues } from '../rule.ts';
import type { Word } from '../words.ts';
import { judgeConnections } from './connection-text.ts';

/** The statements passed to a client in a script. */
type SqlText = {
  readonly text: string | undefined;
  readonly span: Span;
  readonly exactAt: number | undefined;
};

/** `-S` and `-s` are missing: they end a statement at every line, or ask before each. */
const PSQL: FlagSpec = {
  flags: `-aAbeEHnqtxXwW01lzV? -c: -d: -h: -p: -U: -F: -R: -P: -T: -v: --command= --dbname= --host=
    --port= --username= --no-align --tuples-only --quiet --no-psqlrc --no-password --csv --expanded
    --pset= --set= --variable= --field-separator= --record-separator= --list --version --html
    --help --no-readline --single-transaction --echo-all --echo-errors --echo-queries`,
  changing: { '-oL: --output= --log-file=': change('writes a file') },
};

/** Meta-commands of psql that list and describe. A backquote would run a command. */
const META =
  /^\s*\\(?:d[a-zA-Z]{0,3}[S+]*|l\+?|conninfo|x|a|t|timing|z|encoding(?=\s*$)|sf\+?|sv\+?|copyright|dconfig\+?)(?:[ \t][^`\\|\n]*)?\n?$/;

/** Judges `psql -c statements`. In its own session it may run several statements. */
export const judgePsql: Judge = (call, judging) => {
  const { given, operands, reasons } = readFlags(call, PSQL);
  const commands = given.flatMap(({ flag, value }) =>
    value !== undefined && (flag === '-c' || flag === '--command') ? [value] : [],
  );
  const odd = judgeValues(call, given, PSQL_VALUES);
  const isAsking = given.some(({ flag }) => /^(?:-l|--list|-V|--version|-\?|--help)$/.test(flag));
  const judge = (sql: SqlText) => judgePsqlText(sql, judging);
  const inner =
    commands.length > 0
      ? commands.flatMap(judge)
      : isAsking
        ? []
        : judgeInput(call, (sql) => [...judgePsqlVariables(sql), ...judge(sql)]);
  return [...reasons, ...odd, ...judgeConnections(given, operands), ...inner];
};

/** Judges psql's variables: in its input psql replaces `:name`, except in quotes and comments. */
function judgePsqlVariables({ text = '', span }: SqlText): readonly Reason[] {
  const plain = text.replaceAll(/'[^']*'|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
  return /(?<!:):[A-Za-z_'"{\u0080-\uffff]/.test(plain)
    ? [unsure('psql puts the value of a variable here', span)]
    : [];
}

const VARIABLE = /^(?:ON_ERROR_STOP|VERBOSITY|QUIET|SHOW_CONTEXT|ECHO|FETCH_COUNT)=\w*$/;

/** Settings of the output that name no program. */
const SHOWN =
  /^(?:border|columns|csv_fieldsep|expanded|fieldsep(?:_zero)?|footer|format|linestyle|null|numericlocale|recordsep(?:_zero)?|tableattr|title|tuples_only|unicode_\w+)(?:=[^\n]*)?$|^pager=off$/;

/** Values of psql's flags that do not change what its statements are. */
const PSQL_VALUES = {
  '-v': VARIABLE,
  '--set': VARIABLE,
  '--variable': VARIABLE,
  '-P': SHOWN,
  '--pset': SHOWN,
} as const;

function judgePsqlText({ text, span, exactAt }: SqlText, judging: Judging): readonly Reason[] {
  if (text === undefined) return [unsure('psql gets statements that are not known', span)];
  if (META.test(text)) return [];
  const parse = judging.parsePostgres;
  if (parse === undefined) return [unsure('there is no parser for these statements', span)];
  return judgePostgres(text, parse, 'own').map((reason) => placed(reason, span, exactAt));
}

const MYSQL: FlagSpec = {
  flags: `-ABEHNnqrstvwXVC -e: -h: -P: -u: -p? -D: -S: --execute= --host= --port= --user= --password?
    --database= --socket= --protocol= --batch --raw --silent --table --vertical --html --xml
    --skip-column-names --column-names --no-auto-rehash --skip-auto-rehash --connect-timeout=
    --default-character-set= --defaults-file= --defaults-extra-file= --defaults-group-suffix=
    --no-defaults --login-path= --ssl? --ssl-mode= --ssl-ca= --ssl-cert= --ssl-key= --ssl-verify-server-cert
    --skip-ssl --tls-version= --get-server-public-key --compress --force --unbuffered --quick --version
    --safe-updates --max-allowed-packet= --binary-as-hex --show-warnings --verbose --disable-ssl
    --enable-cleartext-plugin --help --skip-ssl-verify-server-cert
    --skip-line-numbers --line-numbers --column-type-info --comments --skip-comments -c`,
  changing: { '--tee=': change('writes a file') },
};

/**
 * Judges `mysql -e statements`, which the client interprets first: a backslash starts a client
 * command.
 */
export const judgeMysqlClient: Judge = (call) => {
  const { given, reasons } = readFlags(call, MYSQL);
  const commands = given.flatMap(({ flag, value }) =>
    value !== undefined && (flag === '-e' || flag === '--execute') ? [value] : [],
  );
  const odd = judgeValues(call, given, { ...OWN_FILES, '--default-character-set': CHARSET });
  const isAsking = given.some(({ flag }) => /^(?:-V|--version|-\?|--help)$/.test(flag));
  const inner =
    commands.length > 0
      ? commands.flatMap(judgeMysqlText)
      : isAsking
        ? []
        : judgeInput(call, judgeMysqlText);
  return [...reasons, ...odd, ...inner];
};

/** Files of the host. A file of another user could contain statements that run first. */
const OWN_FILE = /^\/(?:root|etc|etc\/mysql)\/[\w.-]+$/;
const OWN_FILES = { '--defaults-file': OWN_FILE, '--defaults-extra-file': OWN_FILE } as const;

/** Charsets in which no byte of a character looks like a quote or a backslash. */
const CHARSET = /^(?:utf8|utf8mb3|utf8mb4|latin1|ascii|binary)$/;

function judgeMysqlText({ text, span, exactAt }: SqlText): readonly Reason[] {
  if (text === undefined) return [unsure('mysql gets statements that are not known', span)];
  if (/^\s*(?:status|\\s)\s*;?\s*$/i.test(text)) return [];
  const statements = text.replaceAll(/\\[Gg](?=[ \t]*$)/gm, '; ');
  return judgeMysql(statements, 'own').map((reason) => placed(reason, span, exactAt));
}

/** Judges statements on standard input. */
function judgeInput(
  { name, span, stdin }: Call,
  judge: (sql: SqlText) => readonly Reason[],
): readonly Reason[] {
  return typeof stdin === 'object'
    ? judge(stdin)
    : [unsure(`${name} reads statements that are not known`, span)];
}

function placed(reason: Reason, span: Span, exactAt: number | undefined): Reason {
  const { start, end } = reason.span;
  return {
    ...reason,
    span: exactAt === undefined ? span : { start: exactAt + start, end: exactAt + end },
  };
}

/** Reading commands of mysqladmin, which also accepts unambiguous prefixes of them. */
const READS =
  /^(?:ping|stat(?:us)?|ext(?:ended(?:-status)?)?|proc(?:esslist)?|var(?:iables)?|ver(?:sion)?)$/;
const ENDS = /^(?:kill|shutdown|drop)$/;
const CHANGES =
  /^(?:create|debug|flush-[a-z-]+|password|old-password|refresh|reload|start-[a-z-]+|stop-[a-z-]+)$/;

/** Judges `mysqladmin command …`. */
export const judgeMysqladmin: Judge = (call) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: `-rsEvw? -i: -c: -h: -P: -u: -p? -S: --host= --port= --user= --password? --socket= --protocol=
      --connect-timeout= --defaults-file= --defaults-extra-file= --no-defaults --login-path= --ssl-mode=
      --ssl-ca= --sleep= --count= --relative --silent --vertical --verbose --wait? --ssl? --skip-ssl`,
  });
  return [
    ...reasons,
    ...judgeValues(call, given, OWN_FILES),
    ...operands.flatMap((word) => judgeAdminCommand(word)),
  ];
};

function judgeAdminCommand({ text, span }: Word): readonly Reason[] {
  if (text !== undefined && READS.test(text)) return [];
  if (text !== undefined && ENDS.test(text))
    return [known('destructive', `mysqladmin ${text} ends or removes something`, span)];
  return text !== undefined && CHANGES.test(text)
    ? [known('change', `mysqladmin ${text} changes the server`, span)]
    : [unsure(`mysqladmin ${text ?? '…'} is not known to only read`, span)];
}
