import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages of a PostgreSQL server, to its clients and in its log. */
export const POSTGRES: readonly Signature[] = [
  means('auth-failure')`
    password authentication failed
    pam authentication failed
    iam authentication failed
    ldap authentication failed
    radius authentication failed
    gssapi authentication failed
    sspi authentication failed
    certificate authentication failed
    peer authentication failed
    ident authentication failed
    azure ad access token not valid
    the iam authentication failed
    no pg_hba.conf entry
    pg_hba.conf rejects
    is not permitted to log in
    permission denied for database
    fatal: database "… is not currently accepting connections
    database "… is not currently accepting connections
    role "… does not exist
    database "… does not exist
    has an expired password
    has no password assigned
    does not have a valid scram
    does not match for user "
    no password supplied
    no password was provided
    no password has been provided
    password missing
    empty password
    password is required
    server-first-message
    failed sasl auth
    sasl_signature_mismatch
    auth_type_not_implemented
    authentication type … is not supported
    unknown authentication type
    authentication method … not supported
    unsupported authentication
    unsupported frontend authentication
    provided user name … and authenticated user name … do not match
    no match in usermap
    invalidpassword
    password authentication is not supported
    tenant/user … not found
    tenant or user not found
  `,
  means('auth-failure', { also: ['pgbouncer'], needs: 'not-foreign' })`sasl authentication failed`,
  means('auth-failure', { needs: 'database' })`scram authentication`,
  means('auth-failure', { also: ['connection-refused'] })`connect to ident server`,
  means('auth-failure', { also: ['connection-timeout'] })`canceling authentication due to timeout`,
  means('too-many-connections')`
    remaining connection slots are reserved
    sorry, too many clients already
    too many clients already
    too many connections for role
    too many connections for database
    exceeds max_wal_senders
    all replication slots are in use
    too many database connections opened
  `,
  means('stale-connection')`
    terminating connection due to administrator command
    terminating connection due to idle-session timeout
    terminating connection due to crash
    terminating connection because of crash
    terminating connection due to unexpected postmaster exit
    terminating connection due to conflict
    terminating walsender process
    could not receive data from client
    could not send data to client
    connection to client lost
    no connection to the server
    ssl connection has been closed unexpectedly
    terminating connection
  `,
  means('stale-connection', { also: ['server-not-ready'], weight: WEIGHT.code })`
    server closed the connection unexpectedly
  `,
  means('connection-leak', { weight: WEIGHT.reason + 1 })`
    terminating connection due to idle-in-transaction timeout
    terminating connection due to idle in transaction timeout
    idle-in-transaction timeout
  `,
  means('connection-leak', { also: ['query-timeout'], weight: WEIGHT.reason + 1 })`
    terminating connection due to transaction timeout
  `,
  means('connection-leak', { also: ['stale-connection'] })`
    client connection with an open transaction
  `,
  means('query-timeout')`
    canceling statement due to statement timeout
    canceling statement due to user request
    canceling statement due to conflict with recovery
    cancelling statement due to
  `,
  means('lock-contention')`
    canceling statement due to lock timeout
    could not serialize access
    deadlock detected
    detected deadlock while waiting
    could not obtain lock on row
    could not obtain lock on relation
    could not obtain lock on database
    lock timeout exceeded; try restarting
  `,
  means('lock-contention', { also: ['connection-leak', 'pool-exhaustion'] })`
    process … still waiting for … on
    waiting for table metadata lock
  `,
  means('failover-read-only')`
    in a read-only transaction
    during recovery … cannot
    cannot execute … during recovery
    could not find a server with specified targetservertype
    session is read-only
    server is in hot standby mode
    read only connection
    database is in read-only mode
    session is not read-only
    server is not in hot standby mode
    could not find a server with target_session_attrs
    cannot assign transactionids during recovery
  `,
  means('disk-full')`
    could not extend file
    could not write to file "base
    could not write to file "pg_tblspc
    could not write to tuplestore temporary file
    could not write to hash-join temporary file
    could not write block … no space left on device
  `,
  means('disk-full', { needs: 'database' })`no space left on device`,
  means('migration', { needs: 'database' })`
    relation "… does not exist
    relation "… already exists
    column "… does not exist
    column … does not exist
    table "… does not exist
    the table "… does not exist in the current database
    the column "… does not exist in the current database
  `,
  means('migration')`
    no schema has been selected to create in
    function … does not exist
    relation "… does not exist
    column "… does not exist
    relation "… already exists
  `,
  means('wrong-service', { also: ['connection-refused'] })`
    expected authentication request from server, but received
    received invalid response to ssl negotiation
    received invalid response to gssapi negotiation
    expected … authentication request
    unexpected copydata message
  `,
  means('wrong-service', { also: ['tls-failure'] })`
    invalid length of startup packet
    invalid length of message
    incomplete startup packet
  `,
  means('wrong-service', { weight: WEIGHT.code })`
    unsupported frontend protocol
    protocol error. session setup failed
    unknown message type:
    unexpected message type
    unexpected message "
    unknown authentication response
    unknown response for startup
    unknown response type
    received unexpected … message from backend
    unexpected packet type during
    unknown message code
    unexpected response: "
    is this a postgresql server
    no postgresql user name specified in startup packet
    invalid message format
    lost synchronization with server
    message contents do not agree with length
  `,
  means('wrong-service', { needs: 'database' })`unsupported protocol version`,
];
