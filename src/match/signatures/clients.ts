import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages of drivers and object mappers. */
export const CLIENTS: readonly Signature[] = [
  means('connection-timeout', {
    also: ['dns-failure', 'stale-connection', 'tls-failure', 'connection-refused'],
    weight: WEIGHT.wrapper,
  })`
    the connection attempt failed
  `,
  means('connection-timeout', { weight: WEIGHT.code })`
    connection terminated due to connection timeout
    was reached but timed out
    write connect_timeout
    trilogy_timeout
    connection timeout: failed to create socket
    timed out connecting to
    timeout while connecting to
    timed out trying to connect to
    connection timeout expired
  `,
  means('connection-timeout', { weight: WEIGHT.hint, needs: 'database' })`
    the operation has timed out
    tcp connect … timeout
    connection … timed out
  `,
  means('connection-timeout', {
    also: ['pool-exhaustion', 'query-timeout'],
    weight: WEIGHT.hint,
    needs: 'database',
  })`
    context deadline exceeded
  `,
  means('connection-timeout', { also: ['pool-exhaustion', 'query-timeout'], weight: WEIGHT.hint })`
    ^context deadline exceeded$
    ^timeouterror$
    ^asyncio.exceptions.timeouterror$
    ^timeouterror: timeout$
    ^timeout: context deadline exceeded$
    ^socket.timeout: timed out$
    ^timed out$
  `,
  means('connection-refused', { weight: WEIGHT.socket, needs: 'database' })`
    connection to … refused. check that the hostname and port
    connection to … refused
  `,
  means('stale-connection', { weight: WEIGHT.code + 1 })`
    client has encountered a connection error and is not queryable
    client was closed and is not queryable
    when connection is in closed state
    this connection has been closed
    i/o error occurred while sending to the backend
    driver: bad connection
    cannot execute new commands: connection closed
    socket has unexpectedly been closed
    cannot enqueue … after fatal error
    cannot enqueue … after being destroyed
    cannot enqueue … after invoking quit
    connectiondoesnotexist
    closed in the middle of operation
    unexpected connection_lost() call
    expected to read … bytes, got 0 bytes
    read past the end of the stream
    incomplete response was received from the server
    unexpected end of stream
    can"t reconnect until invalid transaction
    pqsocket() can"t get socket descriptor
    pqconsumeinput()
    trilogy_closed_connection
    trilogy::eoferror
    server has closed the connection
    kind: closed, cause: none
    connectionisclosed
    closedconnection
    connectionclosedexception: connection unexpectedly closed
    failed to write command
    failed to read the result set
    an i/o error occurred while reading from the server
    failed to receive message (unexpected eof)
    connection not open
    connection already closed
  `,
  means('stale-connection', { weight: WEIGHT.code, needs: 'not-foreign' })`
    'connection_closed '
    'connection_ended '
    'connection_destroyed '
    connection has been released back to the pool
  `,
  means('stale-connection', { also: ['wrong-service'], weight: WEIGHT.code })`
    connection terminated unexpectedly
  `,
  means('stale-connection', { weight: WEIGHT.wrapper, needs: 'database' })`
    connection is closed
    connection was closed
    connection closed
    the connection is closed
    conn closed
    conn is closed
    connection has been closed
    connection unexpectedly closed
    connection is already closed
    invalid connection
    connection is lost
    connection lost
    lost connection
    connection died
    connection is dead
    connection is not open
    tcp recv: closed
    tcp send: closed
    tcp recv (idle): closed
    tcp recv (idle): timeout
    ssl recv: closed
    ssl send: closed
    ssl recv (idle): closed
    (idle): closed
    underlying connection
    this connection is closed
    already closed.
    exception while reading from stream
    exception while writing to stream
    unable to read data from the transport connection
    unable to write data to the transport connection
    closed connection
  `,
  means('stale-connection', {
    also: ['connection-refused', 'wrong-service'],
    weight: WEIGHT.wrapper,
    needs: 'database',
  })`
    : eof$
    read eof
  `,
  means('stale-connection', { also: ['wrong-service'], weight: WEIGHT.wrapper })`
    ^eof$
    ^(0, ")$
    : conn closed$
    ^unexpected eof$
    ^invalid connection$
    ': invalid connection$'
    ^conn closed$
    ^connection closed$
    ^connection error: connection closed$
    ^connection is closed$
    ^the connection is closed$
    ^unexpected connection_lost() call$
    ^connectionerror: unexpected connection_lost
  `,
  means('query-timeout', { weight: WEIGHT.reason, needs: 'not-foreign' })`
    query read timeout
    query inactivity timeout
    protocol_sequence_timeout
    timeout during reading attempt
    command timeout expired before
    timeout waiting for a response from the last query
    mysqltimeoutexception
    operations timed out after
    statement timeout
    statementtimeout
    querytimeout
    query timed out
    query timeout expired
    connection was closed by the pool, possibly due to a timeout
    checked out the connection for longer than
    cannot be executed on an expired transaction
  `,
  means('query-timeout', {
    also: ['stale-connection', 'connection-timeout'],
    weight: WEIGHT.socket,
    needs: 'database',
  })`
    read timed out
    sockettimeoutexception: read
  `,
  means('auth-failure')`
    authentication failed against database server
    authentication failed against the database server
    was denied access on the database
    does not exist on the database server
    boss::not_authorized
    cloudsql.instances.connect
    issue connecting to your database with your username/password
    we could not find your database
    sequelizeaccessdenied
    invalidauthorizationspec
    invalid password {
    access denied for … database
    invalid authorization specification
  `,
  means('auth-failure', { weight: WEIGHT.wrapper })`nodatabaseerror`,
  means('auth-failure', { weight: WEIGHT.wrapper, needs: 'database' })`
    authentication failed
    authentication plugin
    unknown authentication method
    authenticationfailure
    access denied
  `,
  means('lock-contention')`
    lockacquisitionexception
    cannotacquirelockexception
    lockwaittimeout
    lock_wait_timeout
    activerecord::deadlocked
    write conflict or a deadlock
    pessimisticlockexception
    deadlockloserdataaccess
  `,
];
