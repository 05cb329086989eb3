import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages of poolers and proxies between applications and servers, to clients and in logs. */
export const POOLERS: readonly Signature[] = [
  means('pgbouncer', {
    also: ['pool-exhaustion', 'connection-refused', 'dns-failure'],
    weight: WEIGHT.pooler,
  })`
    query_wait_timeout
  `,
  means('pgbouncer', { also: ['too-many-connections'], weight: WEIGHT.pooler })`
    no more connections allowed
    max_client_conn
    client connections exceeded
    max_db_client_connections
    max_user_client_connections
    accept() failed: too many open files
  `,
  means('pgbouncer', { also: ['connection-refused', 'auth-failure'], weight: WEIGHT.pooler })`
    server login has been failing
    server_login_retry
  `,
  means('pgbouncer', { also: ['auth-failure'], weight: WEIGHT.pooler })`
    'no such database: '
    server login failed: … password authentication
    server login failed: … database "
    server login failed: … role "
    'no such user: '
    failed: fatal: not allowed
    login failed: … password
    auth_query
    bouncer … auth failed
  `,
  means('pgbouncer', { also: ['too-many-connections'], weight: WEIGHT.pooler })`
    login failed: … connection slots
    login failed: … too many
  `,
  means('pgbouncer', { also: ['server-not-ready', 'auth-failure'], weight: WEIGHT.pooler - 1 })`
    server login failed
    closing because: login failed
    's: login failed: '
  `,
  means('pgbouncer', { also: ['connection-refused'], weight: WEIGHT.pooler })`
    closing because: connect failed
    closing because: connect timeout
    sbuf_connect failed
    pgbouncer cannot connect to server
  `,
  means('pgbouncer', { also: ['dns-failure'], weight: WEIGHT.pooler })`
    server dns lookup failed
    dns lookup failed: … result=
  `,
  means('pgbouncer', { also: ['stale-connection'], weight: WEIGHT.pooler })`
    server conn crashed
    client_idle_timeout
    server_lifetime … crashed
  `,
  means('pgbouncer', { also: ['connection-timeout'], weight: WEIGHT.pooler })`client_login_timeout`,
  means('pgbouncer', { also: ['connection-leak'], weight: WEIGHT.pooler })`
    idle transaction timeout
    idle_transaction_timeout
    transaction_timeout … pooler
  `,
  means('pgbouncer', { also: ['query-timeout'], weight: WEIGHT.pooler })`
    protocolviolation: query timeout
    pooler error: query timeout
    query_timeout
    fatal: query timeout
    ^query timeout$
    ^query timeout (
    closing because: query timeout
  `,
  means('pgbouncer', { also: ['tls-failure'], weight: WEIGHT.pooler })`
    ^ssl required
    fatal: ssl required
    pooler error: ssl required
  `,
  means('pgbouncer', { also: ['server-not-ready'], weight: WEIGHT.pooler })`
    ^server shutting down
    fatal: server shutting down
    pooler error: server shutting down
  `,
  means('pgbouncer', { weight: WEIGHT.pooler })`
    unsupported startup parameter
    unsupported startup param
    bouncer config error
    admin access needed
    database "… is disabled
    prepared statement "… does not exist
    prepared statement "… already exists
    prepared statement name is already in use
    prepared statement did not exist
    'pooler error: '
    unnamed prepared statement does not exist
    bind message supplies … prepared statement
    invalid command "… use show help
  `,
  means('pool-exhaustion', { weight: WEIGHT.reason })`
    could not get connection from the pool
    unable to check out … pool after
    echeckouttimeout
  `,
  means('too-many-connections', { weight: WEIGHT.reason })`
    max clients reached
    emaxconn
    has reached connection limit
    maxclientsinsessionmode
    maxclientconn
    too many client tasks
    proxy … maximum number of connections
    unable to allocate a connection slot
    max_connections … exceeded
  `,
  means('connection-refused', { also: ['connection-timeout'], weight: WEIGHT.wrapper })`
    failed to connect to postgresql server on
    all backend nodes are down
    monitor was unable to connect to server
    missed … heartbeats, shunning
    allserversdown
    detected an offline server
    econnfailed
    (monitor was unable to connect)
    no working backend
    all servers are down
    detected offline server
    failed to connect to instance
    cannot connect to instance
  `,
];
