import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages of connection pools inside applications. */
export const POOLS: readonly Signature[] = [
  means('pool-exhaustion', { also: ['connection-timeout'], weight: WEIGHT.wrapper })`
    connection is not available, request timed out
    timeout acquiring a connection
    the pool is probably full
    - timeout failure stats (
    retrieve connection from pool timeout
    pool timed out while waiting for an open connection
    pooltimedout
    timed out in bb8
    timed out in mobc
    timed out waiting for connection
    connection pool timed out
    timed out fetching a new connection from the connection pool
    timed out fetching a new connection from the pool
    attempt by a client to checkout a connection has timed out
    timed out while waiting to acquire a resource
    waiting to acquire a resource
    couldn"t get a connection after
    sorry, acquisition timeout
    acquisition timeout while waiting for new connection
    acquisitiontimeoutusageerror
    connection acquisition timed out
    connectionacquiretimeout
    failed to get a connection from the pool
    failed to obtain jdbc connection
    unable to acquire jdbc connection
    could not open jdbc connection
    unable to get managed connection
    error acquiring connection from pool
    'cannot get a connection, pool '
    cannot get a connection, general error
  `,
  means('pool-exhaustion', { weight: WEIGHT.reason })`
    request timed out after … active=
    timeout exceeded when trying to connect
    queuepool limit of size
    creating a new object: timeout(wait)
    pool limit of size … overflow
    connection pool exhausted
    connectionpoolerror
    pool empty. unable to fetch a connection
    all pooled connections were in use
    all pooled connections are in use
    max pool size was reached
    obtaining a connection from the pool
    timeout waiting for idle object
    wait millis … maxactive
    getconnectiontimeoutexception
    no managed connections available
    no resources currently available in pool
    poollimitsqlexception
    no managedconnections available
    in-use connections equal max-pool-size
    createorwaitforconnection
    connectionwaittimeoutexception
    activerecord::connectiontimeouterror
    none available[size:
    poolacquiretimeout
    poolacquirependinglimit
    pool#acquire(duration) has been pending
    r2dbc.pool … within
    max wait queue size
    connectionpooltoobusy
    waiting for a slot to become available
    connection not available and request was dropped from queue
    connection not available because
    could not checkout the connection owned by
    could not obtain a connection from the pool
    could not obtain a database connection within
    could not obtain a free connection
    sequel::pooltimeout
    has already … requests waiting
    failed getting connection; pool exhausted
    queue limit reached
    no connections available
    start a transaction in the given time
    transaction pool connection limit exceeded
    pool connection limit exceeded
    asyncexecutor … rejected
    rejected from slick
    number of concurrent requests exceeded the pool
    too many pending requests for connection
    connection pool shut … exhausted
    poolsize … reached
    no available connection in pool
    no free connections in pool
    j2ca1010e
    connectionwaittimeoutexception
    timed-out waiting to acquire database connection
    acquire pgxpool connection
  `,
  means('pool-exhaustion', {
    also: ['connection-timeout'],
    weight: WEIGHT.wrapper,
    needs: 'database',
  })`
    acquire … context deadline exceeded
    acquiring … context deadline exceeded
    did not observe any item … in "acquire"
    resourcerequest timed out
    operation timeout
    pooltimeout
    pool timeout
    acquire timeout
  `,
  means('pool-exhaustion', { weight: WEIGHT.wrapper, needs: 'not-foreign' })`
    resourcerequest timed out
    in "acquire" (and no fallback
    acquire connection … context deadline exceeded
    acquiring connection … context deadline exceeded
    acquire conn … context deadline exceeded
    connection from pool … context deadline exceeded
    connection from the pool … context deadline exceeded
  `,
  means('pool-exhaustion', { needs: 'database' })`
    pool exhausted
    poolexhausted
    pool is exhausted
    pool has been exhausted
    connection pool is full
    max connections exceeded
  `,
  means('connection-timeout', {
    also: ['connection-refused', 'pool-exhaustion'],
    weight: WEIGHT.reason,
  })`
    request timed out after … (total=0, active=0
    wait millis … active 0,
    pool connections: active=0 idle=0
    amount of connections currently in use: … unreachable
  `,
  means('connection-timeout', { also: ['connection-refused'], weight: WEIGHT.wrapper })`
    while creating a new object
    failed to create socket after
  `,
  means('connection-refused', {
    also: ['connection-timeout', 'auth-failure'],
    weight: WEIGHT.wrapper,
  })`
    connections could not be acquired from the underlying database
    could not acquire a resource from its primary factory
    clearing pending acquires
    cannot create poolableconnectionfactory
    failed to initialize pool
    exception during pool initialization
    unable to create initial connections of pool
    unable to create requested service … jdbcenvironment
  `,
  means('connection-leak')`
    connection leak detection
    closing a connection for you
    connection leak detected
    connection leak
    apparent connection leak
    leak detected: connection
    connection has been abandoned
    abandon connection, owner thread
    poolableconnection was not closed
    has not been returned to the pool
    removeabandoned
    jdbc resources leaked
    non-checked-in connection
    which has already been released to the pool
    was garbage collected without being closed
    connection … was never closed
    connection was not returned to the pool
    checked out a client for more than
    a connection was leaked
    overdue resource
    closing the object … that was never returned
    failed to close … leaked connection
    connection leak found
  `,
  means('stale-connection', { weight: WEIGHT.code + 2 })`
    failed to validate connection
    failed to validate a newly established
    marked as broken because of
    connection is broken
    discarding … broken connection
    pre-ping failed
    validation query failed
  `,
  means('config-error', { also: ['stale-connection'], needs: 'database' })`
    after calling end on the pool
    pool is closed
    pool has been closed
    closed pool
    on a closed pool
    poolclosed
    hikaridatasource … has been closed
    sql: database is closed
    pool after it has been closed
    pool is closing
    pool is already closed
    data source is closed
    datasource is closed
  `,
  means('config-error', { also: ['stale-connection'] })`
    after calling end on the pool
    ^pool is closed
    sql: database is closed
  `,
];
