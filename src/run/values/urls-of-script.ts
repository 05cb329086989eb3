import type { TargetFacts } from '#machine/context.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import { parseDatabaseLogin } from '#steps/database/url.ts';
import { splitUrl } from '#text/url.ts';

const URL_IN_TEXT = /[a-z][\w+.-]*:\/\/[^\s"'<>\\]+/gi;

/**
 * Returns where the URLs lead that a script gets in its variables and its input, one line each, such as
 * `DATABASE_URL leads to postgres app@db1:5432/shop (target db)`: the URLs themselves may be masked.
 */
export function urlsOfScript(
  { env, stdin = '' }: ShellAction,
  targets: Readonly<Record<string, TargetFacts>>,
): readonly string[] {
  const given = [...Object.entries(env), ['standard input', stdin] as const];
  const lines = given.flatMap(([name, text]) =>
    (text.match(URL_IN_TEXT) ?? []).flatMap((url) => {
      const place = placeOf(url, Object.values(targets));
      return place === undefined ? [] : [`${name} leads to ${place}`];
    }),
  );
  return [...new Set(lines)];
}

/** A URL is described without its password and, if it is for no database, without its path: both may be secret. */
function placeOf(url: string, targets: readonly TargetFacts[]): string | undefined {
  const login = parseDatabaseLogin(url);
  if (login === undefined) {
    const { host = '', port = '' } = splitUrl(url) ?? {};
    return host === '' ? undefined : `${host}${port === '' ? '' : `:${port}`}`;
  }
  const { address, parameters } = login;
  const { hostaddr } = parameters;
  const same = targets.find(
    ({ engine, host, port, database }) =>
      engine !== null &&
      host === address.host &&
      port === address.port &&
      database === address.database,
  );
  return [
    address.description,
    ...(hostaddr === undefined ? [] : [`at ${hostaddr}`]),
    ...(same === undefined ? [] : [`(target ${same.name})`]),
  ].join(' ');
}
