import { ENGINE_FACTS, engineOfScheme } from '#runbook/model/engines.ts';
import type { ParametersOf } from '#runbook/model/probe-parameters.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { decodePercent, splitUrl, type UrlParts } from '#text/url.ts';
import { UNSET } from '../../reach/host-name.ts';
import type { ProbeReport } from '../context.ts';
import { type Finding, fault, remark, type Subject, warning } from './finding.ts';
import { checkParameters } from './parameters.ts';
import { checkPassword } from './password.ts';
import { checkPlace } from './place.ts';
import { checkScheme, checkUrl, cleanText } from './text.ts';
import { checkTls } from './tls.ts';

/** Checks a connection URL without connecting, and reports what clients fail on. */
export function probeConfig({ url: text }: ParametersOf<'config'>): ProbeReport {
  const { url, findings: aroundIt } = cleanText(text);
  const parts = splitUrl(url);
  const unusable = checkUrl(url);
  if (unusable !== undefined || parts === undefined)
    return report(NOTHING_READ, [...aroundIt, ...(unusable === undefined ? [] : [unusable])]);
  const subject = readSubject(parts);
  const findings = [
    ...[...aroundIt, ...checkScheme(parts.scheme)],
    ...[...checkParts(subject), ...checkPassword(subject), ...checkPlace(subject)],
    ...[...checkParameters(subject), ...checkTls(subject)],
  ];
  return report(describe(subject), findings);
}

function report(read: Readonly<Record<string, Json>>, findings: readonly Finding[]): ProbeReport {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const ok = findings.every(({ severity }) => severity === 'info');
  return { result: { ok, ...read, findings }, error: configError(errors) };
}

function configError(errors: readonly Finding[]): StepError | undefined {
  const [first] = errors;
  if (first === undefined) return undefined;
  const message = errors.map((finding) => finding.message).join('; ');
  const { code, hint } = first;
  return { kind: 'config', code, message, ...(hint !== null && { hint }) };
}

function readSubject(parts: UrlParts): Subject {
  const { scheme, port } = parts;
  const engine = engineOfScheme(scheme) ?? 'mysql';
  // Without a host, the password stands in place of the port: do not show what follows.
  const isCut = !/^\d*(?:,|$)/.test(port);
  const query = isCut ? '' : parts.query.replaceAll('+', '%2B');
  const path = isCut ? '' : parts.path;
  return { engine, parts: { ...parts, path }, parameters: [...new URLSearchParams(query)] };
}

const NOTHING_READ = {
  engine: null,
  host: null,
  port: null,
  database: null,
  user: null,
  has_password: false,
  password_length: 0,
  parameters: {},
} as const satisfies Readonly<Record<string, Json>>;

const SECRET = /pass|secret|token/i;
const HIDDEN = '‹hidden›';

function describe({ engine, parts, parameters }: Subject): Readonly<Record<string, Json>> {
  const given = new Map(parameters);
  const password = given.get('password') ?? decodePercent(parts.password ?? '');
  const port = Number((given.get('port') ?? parts.port) || ENGINE_FACTS[engine].port);
  const shown = parameters.map(([name, value]) => [name, SECRET.test(name) ? HIDDEN : value]);
  return {
    engine,
    host: given.get('host') ?? (decodePercent(parts.host) || null),
    port: Number.isInteger(port) ? port : null,
    database: given.get('dbname') ?? (decodePercent(parts.path) || null),
    user: given.get('user') ?? (decodePercent(parts.user) || null),
    has_password: password !== '',
    password_length: Array.from(password).length,
    parameters: Object.fromEntries(shown),
  };
}

const UNEXPANDED = /\$\{\w+\}|\$\(\w+\)|\{\{.*?\}\}|<[\w -]+>|%[A-Z_]{3,}%/;

/** Finds parts that are missing or contain an unexpanded placeholder. */
function checkParts({ engine, parts, parameters }: Subject): readonly Finding[] {
  const given = new Map(parameters);
  const named = Object.entries({
    user: parts.user,
    password: parts.password ?? '',
    host: parts.host,
    port: parts.port,
    database: parts.path,
  });
  const findings = named.flatMap(([name, value]) => checkValue(name, decodePercent(value)));
  if (parts.user === '' && !given.has('user'))
    findings.push(warning('missing-user', 'no user is named', OWN_USER));
  if (parts.path === '' && !given.has('dbname'))
    findings.push(
      warning(
        'missing-database',
        'no database is named',
        ENGINE_FACTS[engine].opensUserDatabase ? USERS_OWN : NONE_CHOSEN,
      ),
    );
  if (parts.path.includes('/'))
    findings.push(warning('odd-database', 'the name of the database holds a slash'));
  if (parts.password === '')
    findings.push(warning('empty-password', 'the password is empty', 'Was the variable set?'));
  else if (parts.password === undefined && !given.has('password'))
    findings.push(remark('no-password', 'no password is given', NO_PASSWORD));
  return findings;
}

const OWN_USER = 'Clients take the name of the operating system’s user.';

const NONE_CHOSEN = 'None is chosen: statements fail with 1046 unless they name one.';
const USERS_OWN = 'Clients take one that is called like the user.';

const NO_PASSWORD = 'It then comes from PGPASSWORD, ~/.pgpass or ~/.my.cnf, or none is needed.';

function checkValue(name: string, value: string): Finding[] {
  if (UNSET.test(value))
    return [
      fault('unset-variable', `the ${name} is the text "${value}"`, 'A variable was not set.'),
    ];
  if (!UNEXPANDED.test(value)) return [];
  const message = `the ${name} holds a placeholder that nothing has filled in`;
  return [
    fault('unexpanded-variable', message, 'Whatever wrote the URL does not expand variables.'),
  ];
}
