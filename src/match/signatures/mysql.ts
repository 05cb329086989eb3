import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages of MySQL and MariaDB servers and their client libraries. */
export const MYSQL: readonly Signature[] = [
  means('auth-failure', { also: ['tls-failure'], weight: WEIGHT.reason + 1 })`
    access denied for user "… (using password:
  `,
  means('auth-failure')`
    access denied for user "
    access denied, this account is locked
    unknown database "
    your password has expired
    you must set password before
    you must reset your password
    is not allowed to connect to this
    blocked because of many connection errors
    public key retrieval is not allowed
    rsa public key is not available
    client does not support authentication protocol
    authentication plugin "… cannot be loaded
    authentication plugin "… is not loaded
    authentication plugin "… is not supported
    plugin "… is not loaded
    can"t select database
    can&#8217;t select database
    unknown authentication plugin
    plugin caching_sha2_password could not be loaded
    plugin sha256_password could not be loaded
    authentication plugin is not supported
    authentication method "… failed
    requested authentication plugin
    unable to load authentication plugin
    server requested authentication method unknown to the client
    requires clear text authentication
    this user requires mysql native password
    this user requires old password
    sha256_password requires
    caching_sha2_password requires
    auth_socket
  `,
  means('auth-failure', { also: ['tls-failure'], weight: WEIGHT.reason + 1 })`
    authentication requires secure connection
  `,
  means('too-many-connections', { needs: 'not-foreign' })`error … too many connections`,
  means('too-many-connections')`
    too many connections"
    already has more than "max_user_connections"
    has exceeded the "max_
    max_user_connections
    [1040] too many connections
    can"t create a new thread
    can"t create thread to handle
  `,
  means('too-many-connections', { needs: 'database' })`too many connections`,
  means('too-many-connections')`^too many connections`,
  means('server-not-ready')`
    server shutdown in progress
    server is currently in offline mode
    starting crash recovery
    received shutdown from user
    mysqld: normal shutdown
    mariadbd: normal shutdown
    mysqld: shutdown complete
  `,
  means('server-not-ready', { needs: 'database' })`normal shutdown`,
  means('auth-failure', { needs: 'database' })`account is locked`,
  means('connection-refused', { weight: WEIGHT.socket + 1 })`
    bind on tcp/ip port
    bind on unix socket
    do you already have another server running on port
    can"t start server
    through socket "… (2)
    through socket "… (111)
    through socket "… "
    mysqld.sock … no such file
    mysql.sock … no such file
    enoent … mysqld.sock
    enoent … mysql.sock
    enoent … .sock
    [2002] no such file or directory
    hy000/2002): no such file or directory
    mysqli_sql_exception: no such file or directory
    mysqld.service: failed
    mysqld.service: main process exited
    mysql.service: main process exited
    mysql.service: failed
    mariadb.service: main process exited
    mariadb.service: failed
    failed to start mysql
    failed to start mariadb
  `,
  means('connection-refused', { weight: WEIGHT.socket })`
    can"t connect to … (111)
    can"t connect to … (61)
    can"t connect to … (10061)
    'can"t connect to … (111 '
  `,
  means('connection-refused', { also: ['connection-timeout'], weight: WEIGHT.socket })`
    can"t connect to server on "… (115)
    can"t connect to … (115)
  `,
  means('connection-timeout', { weight: WEIGHT.socket })`
    can"t connect to … (110)
    can"t connect to … (113)
    can"t connect to … (101)
    can"t connect to … (60)
    can"t connect to … (10060)
    can"t connect to … (10065)
    can"t connect to … (timed out)
    'can"t connect to … (110 '
    'can"t connect to … (113 '
  `,
  means('connection-refused', {
    also: ['connection-timeout', 'dns-failure'],
    weight: WEIGHT.wrapper,
  })`
    can"t connect to mysql server
    can"t connect to local mysql server
    can"t connect to local server
    can"t connect to server on
    can"t connect to mariadb server
    unable to connect to any of the specified mysql hosts
    unable to connect to mysql
    can"t reach database server
    unable to connect to the database
    communications link failure
    could not create connection to database server
  `,
  means('connection-timeout', {
    also: ['wrong-service', 'server-not-ready'],
    weight: WEIGHT.reason + 1,
  })`
    reading initial communication packet", system error: 110
    waiting for initial communication packet
    reading authorization packet
    sending authentication information
    handshake inactivity timeout
  `,
  means('connection-timeout', { also: ['stale-connection'] })`could not read packet: … errno: 110`,
  means('stale-connection', { also: ['wrong-service', 'auth-failure'] })`
    reading initial communication packet
  `,
  means('stale-connection', { also: ['tls-failure'], weight: WEIGHT.reason })`server has gone away`,
  means('stale-connection', { also: ['query-timeout'], weight: WEIGHT.code })`
    lost connection to mysql server
    lost connection to server
    lost connection to mariadb server
  `,
  means('stale-connection', { also: ['connection-leak'], weight: WEIGHT.reason })`
    aborted connection … got timeout reading communication packets
  `,
  means('stale-connection')`
    aborted connection … got an error reading communication packets
    aborted connection … got an error writing communication packets
    aborted connection … got timeout writing communication packets
    got packets out of order
    connection was killed
    disconnected by the server because of inactivity
    server configured value of "wait_timeout"
    the last packet successfully received from the server was
    connection lost: the server closed the connection
    protocol_connection_lost
    mysql client is not connected
    mysql connection not available
    closed mysql connection
    mysql connection is not available
    interfaceerror: (0,
    cursor is not connected
    no operations allowed after connection closed
    no operations allowed after statement closed
    no operation is permitted on closed connection
    closing bad idle connection
    discard long time none received connection
    busy buffer
    a mysql connection failed
  `,
  means('connection-leak')`the client was disconnected … idle_transaction_timeout`,
  means('query-timeout')`
    query execution was interrupted
    maximum statement execution time exceeded
    max_statement_time exceeded
    max_execution_time exceeded
    statement cancelled due to timeout
    statement cancelled due to client request
    statement canceled due to
  `,
  means('query-timeout', {
    also: ['stale-connection', 'connection-timeout'],
    weight: WEIGHT.reason + 1,
  })`
    during query (the read operation timed out)
    during query (timed out)
  `,
  means('lock-contention')`
    lock wait timeout exceeded
    you have a conflicting read lock
    deadlock found when trying to get lock
    statement aborted because lock
    record has changed since last read
  `,
  means('disk-full')`
    disk full (… waiting for someone to free
    disk is full writing
    errcode: 28 "no space left
    errno: 28 "no space left
  `,
  means('disk-full', { needs: 'database' })`the table "… is full`,
  means('failover-read-only')`
    --read-only option
    --super-read-only option
    --read_only option
    running in read-only mode
    innodb_read_only
    is in read only mode
    queries leading to data modification are not allowed
    cannot execute statement in a read only transaction
    super_read_only
  `,
  means('migration', { weight: WEIGHT.reason })`
    table "… doesn"t exist
    unknown column "
    base table or view not found
    table "… already exists
  `,
  means('wrong-service', { weight: WEIGHT.reason })`
    packet sequence number wrong
    packets out of order
    protocol mismatch; server version
    unsupported protocol version … or higher is required
    malformed packet
    malformed communication packet
    unknown handshake version
    unexpected initial handshake
    unexpected handshake
    unknown initial character
    unexpected packet
    bad handshake
  `,
  means('dns-failure')`
    ip address "… could not be resolved
    host name "… could not be resolved
  `,
];
