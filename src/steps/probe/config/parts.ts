import { ENGINE_FACTS } from '#runbook/model/engines.ts';
import { decodePercent } from '#safety/redaction/url.ts';
import { UNSET } from '../dns/host-name.ts';
import { type Finding, fault, remark, type Subject, warning } from './finding.ts';

const UNEXPANDED = /\$\{\w+\}|\$\(\w+\)|\{\{.*?\}\}|<[\w -]+>|%[A-Z_]{3,}%/;

/** Finds parts that are missing or contain an unexpanded placeholder. */
export function checkParts({ engine, parts, parameters }: Subject): readonly Finding[] {
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
