import type { ErrorKind } from './step-error.ts';

/** The meaning of each kind of failure, in Markdown, as docs/reference/expressions.md has it. */
export const ERROR_MEANINGS: Readonly<Record<ErrorKind, string>> = {
  none: 'Nothing failed.',
  config: 'The address or its options are invalid.',
  dns: 'The host name does not resolve.',
  refused: 'Nothing is listening at this address.',
  unreachable: 'There is no route to the host.',
  timeout: 'It took too long.',
  reset: 'The connection was closed.',
  tls: 'The TLS handshake failed, or a certificate is not valid.',
  auth: 'The login was rejected.',
  no_database: 'The database does not exist.',
  no_permission: 'The role or user lacks the permission.',
  too_many_connections: 'No slot is free. `error.hint` says which role would be admitted.',
  starting_up: 'The server is starting, stopping or recovering.',
  read_only: 'The server or the transaction is read-only.',
  lock: 'A lock timeout or a deadlock.',
  syntax: 'The statement or script cannot be parsed.',
  exit: 'The script ended with an exit code that is not in `ok_exit`.',
  signal: 'The script was ended by a signal.',
  not_found: 'A table, column, function, command or folder does not exist.',
  cancelled: 'The operator stopped it.',
  declined: 'The operator declined it.',
  unresolved: 'A placeholder has no value.',
  unexpected: '`expect` is not true, or the output could not be parsed.',
  unverified:
    'The action was carried out, but the condition of `verify` did not become true in time. If its last check failed as a probe, script or request does, `error.message` says how.',
  unchecked: 'The action was carried out, but its last check could not be read, or was stopped.',
  too_many_rows: 'The preview has more rows than `max_rows`. Nothing was run.',
  other_server:
    'Another server, machine, container or folder is there than was confirmed. Nothing was run. The gate opens again, so `next` never sees this.',
  unknown: 'Anything else.',
};
