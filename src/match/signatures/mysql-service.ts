import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages about a MySQL or MariaDB server that fails to start, mostly InnoDB's. */
export const MYSQL_SERVICE: readonly Signature[] = [
  means('connection-refused', { weight: WEIGHT.socket + 1 })`
    innodb: unable to lock
    mysqld does not have the access rights
    using the same innodb data or log files
    innodb: plugin initialization aborted
    plugin "innodb" init function returned error
    plugin "innodb" registration as a storage engine failed
    unsupported storage engine: innodb
    innodb: cannot allocate memory for the buffer pool
    innodb: operating system error number
    innodb: upgrade after a crash is not supported
    innodb: database page corruption
    failed to initialize dd storage engine
    data dictionary initialization failed
    the designated data directory … is unusable
    can"t open and lock privilege tables
    unable to setup unix socket lock file
    server quit without updating pid file
    check that mysqld is running
    job for mysql.service failed
    job for mysqld.service failed
    job for mariadb.service failed
  `,
  means('server-not-ready', { also: ['stale-connection'], weight: WEIGHT.socket + 1 })`
    innodb: assertion failure
    [innodb] assertion failure
    mysqld got signal
    mariadbd got signal
    wsrep has not yet prepared node
  `,
];
