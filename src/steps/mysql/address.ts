import { protocolOf } from '#runbook/model/engines.ts';
import { type DatabaseLogin, parseDatabaseLogin } from '../database/url.ts';

/** A MySQL or MariaDB URL with everything needed to log in. */
export type MysqlAddress = {
  /** A host name, an address, or the path of a socket file. */
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Undefined: none is selected at login. MySQL has no default database named after the user. */
  readonly database: string | undefined;
  readonly parameters: DatabaseLogin['parameters'];
};

/** Parses a `mysql:` or `mariadb:` URL. Returns undefined for any other. */
export function parseMysqlUrl(url: string): MysqlAddress | undefined {
  const login = parseDatabaseLogin(url);
  if (login === undefined || protocolOf(login.address.engine) !== 'mysql') return undefined;
  const { address, password, parameters } = login;
  const named = parameters.socket ?? parameters.socketPath ?? parameters.unix_socket;
  const socketPath = named ?? (address.host.startsWith('/') ? address.host : undefined);
  return {
    host: socketPath ?? address.host,
    port: address.port,
    socketPath,
    user: address.user ?? undefined,
    password,
    database: address.database ?? undefined,
    parameters,
  };
}
