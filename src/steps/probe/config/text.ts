import { ENGINE_FACTS, engineOfScheme, SERVER_ENGINES } from '#runbook/model/engines.ts';
import { didYouMean } from '#text/suggest.ts';
import { UNSET } from '../../reach/host-name.ts';
import { type Finding, fault, remark, warning } from './finding.ts';

/** A connection URL without the text around it, and the findings about that text. */
type CleanedText = { readonly url: string; readonly findings: readonly Finding[] };

const SCHEMES = SERVER_ENGINES.flatMap((engine) => ENGINE_FACTS[engine].schemes);

const OTHER_SERVICES: Readonly<Record<string, string>> = {
  redis: 'a Redis server',
  rediss: 'a Redis server',
  mongodb: 'a MongoDB server',
  'mongodb+srv': 'a MongoDB server',
  amqp: 'a RabbitMQ server',
  amqps: 'a RabbitMQ server',
  sqlserver: 'an SQL Server',
  mssql: 'an SQL Server',
  oracle: 'an Oracle database',
  sqlite: 'an SQLite file',
  http: 'a web page',
  https: 'a web page',
};

/** Removes white space, quotes and `jdbc:`, and reports them. */
export function cleanText(text: string): CleanedText {
  const findings: Finding[] = [];
  let url = text.trim();
  if (url !== text)
    findings.push(
      warning(
        'white-space',
        'there is white space around the URL',
        'Often the line end of a secret’s file: some clients take it for a part of the database’s name.',
      ),
    );
  if (/^(["']).*\1$/s.test(url)) {
    url = url.slice(1, -1);
    findings.push(
      fault('quoted', 'the URL is in quotes', 'Docker’s --env-file and systemd keep quotes.'),
    );
  }
  if (/^jdbc:/i.test(url)) {
    url = url.slice(5);
    const hint = 'Other clients want it without jdbc:.';
    findings.push(fault('jdbc', 'the URL is one for Java only', hint));
  }
  return { url, findings };
}

/**
 * Returns the reason why a text is not a connection URL, without repeating it: it may be a
 * password.
 */
export function checkUrl(url: string): Finding | undefined {
  if (url === '') return fault('empty', 'the URL is empty', 'Was the variable set?');
  if (UNSET.test(url))
    return fault('unset-variable', `the URL is the text "${url}"`, 'A variable was not set.');
  if (/^\$\{?\w+\}?$|^\{\{.*\}\}$/.test(url))
    return fault('unexpanded-variable', 'the URL is the name of a variable, not its value');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return fault('not-a-url', 'this is no URL', hintForText(url));
  if (engineOfScheme(scheme) !== undefined) return undefined;
  const other = OTHER_SERVICES[scheme];
  if (other !== undefined) return fault('other-service', `the URL is one of ${other}`);
  return fault(
    'unknown-scheme',
    `"${scheme}" is not a database`,
    didYouMean(scheme, SCHEMES) ?? null,
  );
}

function hintForText(text: string): string {
  if (/@(?:tcp|unix)\(/.test(text))
    return 'It is written for Go: mysql://USER:PASSWORD@HOST:PORT/DB.';
  if (/\b(?:host|server|dbname|database|data source)\s*=/i.test(text))
    return 'It is a list of keywords: postgres://USER:PASSWORD@HOST:PORT/DB is the same as a URL.';
  if (/^[a-z+]+:\/?[^/]/i.test(text)) return 'After the scheme come a colon and two slashes.';
  return 'It begins with postgres:// or mysql://.';
}

/** Reports which clients know a scheme. */
export function checkScheme(scheme: string): readonly Finding[] {
  if (scheme.includes('+')) {
    const message = `only SQLAlchemy knows "${scheme}"`;
    return [
      remark('driver-in-scheme', message, `Other clients want ${scheme.replace(/\+.*/, '')}.`),
    ];
  }
  if (scheme === 'postgres')
    return [remark('short-scheme', 'SQLAlchemy knows postgresql:// only, not postgres://')];
  if (scheme === 'mysql2') return [remark('rails-scheme', 'only Rails knows mysql2://')];
  return [];
}
