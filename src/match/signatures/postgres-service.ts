import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages about a PostgreSQL server that is down, fails to start, or is not ready. */
export const POSTGRES_SERVICE: readonly Signature[] = [
  means('connection-refused', { also: ['connection-timeout'], weight: WEIGHT.hint })`
    is the server running on
    is the server running locally
  `,
  means('server-not-ready')`
    the database system is starting up
    the database system is shutting down
    the database system is in recovery
    the database system is not accepting connections
    the database system is not yet accepting connections
    database system is shut down
    database system was interrupted
    database system was not properly shut down
    received smart shutdown request
    received fast shutdown request
    received immediate shutdown request
    consistent recovery state has not been yet reached
    consistent recovery state has not yet been reached
    hot standby mode is disabled
    rejecting connections
    database is uninitialized and superuser password is not specified
  `,
  means('server-not-ready', { also: ['disk-full'], weight: WEIGHT.reason + 1 })`
    could not write to file "pg_wal
  `,
  means('server-not-ready', { also: ['stale-connection'] })`
    server process (pid … was terminated by signal
    terminating any other active server processes
    all server processes terminated; reinitializing
    aborting startup due to startup process failure
    startup process (pid … exited with exit code
    startup process (pid … was terminated by signal
    killed process … (postgres
    killed process … (mysqld
    killed process … (mariadbd
  `,
  means('connection-refused', { weight: WEIGHT.socket + 1 })`
    could not bind ipv
    could not bind unix
    could not create any tcp/ip sockets
    could not create listen socket
    lock file "… already exists
    could not map anonymous shared memory
    could not create shared memory
    database files are incompatible with server
    which is not compatible with this version
    data directory "… has invalid permissions
    data directory "… has group or world access
    data directory "… has wrong ownership
    is another postmaster
    is not a database cluster directory
    connection to server on socket
    could not write lock file
    could not create lock file
    could not open control file
    could not locate a valid checkpoint record
    .s.pgsql.… no such file
    enoent … .s.pgsql
    postgresql.service: failed
    postgresql.service: main process exited
    failed to start postgresql
    :5432 - no response
    pg_ctl: no server running
    job for postgresql … failed because
    initdb: error: directory "
  `,
  means('connection-refused', { also: ['config-error'], weight: WEIGHT.code })`
    invalid value for parameter "… : "
    configuration file "… contains errors
  `,
  means('connection-refused', { also: ['auth-failure', 'config-error'] })`
    could not load pg_hba.conf
    could not load … pg_hba.conf
  `,
];
