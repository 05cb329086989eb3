import { ENGINE_FACTS, engineOfUrl, isMysqlLike, protocolOfPort } from '#runbook/model/engines.ts';
import type { Body } from '#runbook/model/runbook.ts';

type Probe = Extract<Body, { readonly kind: 'probe' }>;
type Told = (name: string) => string | undefined;

/** Returns a command line equivalent to a probe, with common tools. */
export function probeByHand({ probe, params }: Probe): string {
  const told: Told = (name) => textOf(params[name]);
  const host = word(told('host') ?? 'HOST');
  switch (probe) {
    case 'config':
      return `# read ${told('url') ?? 'URL'} part by part: scheme, user, host, port, database, options`;
    case 'dns':
      return told('server') === undefined
        ? `getent hosts ${host}`
        : `dig ${word(`@${told('server')}`)} ${host}`;
    case 'tcp':
      return told('port') === undefined
        ? `nc -vzU ${host}`
        : `nc -vz -w 10 ${host} ${word(told('port') ?? '')}`;
    case 'tls':
      return tlsByHand(told);
    case 'login':
      return loginByHand(told);
    case 'http':
      return httpByHand(told);
  }
}

function tlsByHand(told: Told): string {
  const host = told('host') ?? 'HOST';
  const port = told('port') ?? 'PORT';
  const engine = told('engine') ?? protocolOfPort(Number(port)) ?? 'direct';
  const options = [
    `-connect ${word(`${host}:${port}`)}`,
    ...(engine === 'direct' ? [] : [`-starttls ${isMysqlLike(engine) ? 'mysql' : word(engine)}`]),
    `-servername ${word(told('server_name') ?? host)}`,
    ...(told('ca') === undefined ? [] : [`-CAfile ${word(told('ca') ?? '')}`]),
    ...(told('alpn') === undefined ? [] : [`-alpn ${word(told('alpn') ?? '')}`]),
    ...(told('verify') === 'true' ? ['-verify_return_error'] : []),
  ];
  return [
    `openssl s_client ${options.join(' ')} </dev/null \\`,
    '  | openssl x509 -noout -subject -issuer -dates -ext subjectAltName',
  ].join('\n');
}

function loginByHand(told: Told): string {
  const url = told('url') ?? 'URL';
  const statement = word(told('statement') ?? 'SELECT 1');
  const engine = engineOfUrl(url) ?? 'postgres';
  const program = ENGINE_FACTS[engine].console;
  return isMysqlLike(engine)
    ? `${program} --execute ${statement}   # with the parts of ${url}`
    : `${program} ${word(url)} -c ${statement}`;
}

function httpByHand(told: Told): string {
  const options = [
    '-sS -o /dev/null',
    `-w '%{http_code}\\n'`,
    ...(told('method') === 'HEAD' ? ['--head'] : []),
    ...(Number(told('redirects') ?? 0) > 0 ? [`-L --max-redirs ${told('redirects')}`] : []),
    ...(told('ca') === undefined ? [] : [`--cacert ${word(told('ca') ?? '')}`]),
  ];
  return `curl ${options.join(' ')} ${word(told('url') ?? 'URL')}`;
}

function textOf(param: Probe['params'][string] | undefined): string | undefined {
  if (param === undefined || param === null) return undefined;
  if (typeof param === 'object' && 'placeholders' in param && 'text' in param)
    return String(param.text);
  return typeof param === 'object' ? JSON.stringify(param) : String(param);
}

/** Placeholders are kept: the reader replaces them by the value. */
function word(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value)
    ? value
    : `"${value.replace(/(["\\`]|\$(?!\{\{))/g, '\\$1')}"`;
}
