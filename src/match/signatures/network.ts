import { means, type Signature, WEIGHT } from '../signature.ts';

const SOCKET = { weight: WEIGHT.socket, needs: 'not-foreign' } as const;
const NAME = { weight: WEIGHT.name, needs: 'not-foreign' } as const;

/** Messages of operating systems, languages and resolvers about sockets and names. */
export const NETWORK: readonly Signature[] = [
  means('connection-refused', SOCKET)`
    econnrefused
    connectionrefused
    actively refused
    errno 111]
    wsaeconnrefused
    error 10061
    (10061)
    os error 111
    os error 61)
    layer4 connection problem
  `,
  means('connection-refused', { weight: WEIGHT.socket, needs: 'reported' })`connection refused`,
  means('connection-timeout', SOCKET)`
    ehostunreach
    noroutetohost
    hostunreachable
    networkunreachable
    enetunreach
    etimedout
    connecttimeout
    connect_timeout
    connectiontimedout
    did not properly respond after a period of time
    i/o timeout
    timeout on creating new connection
    dial error: timeout
    errno 110]
    errno 113]
    errno 101]
    (10060)
    (10065)
    (10051)
    wsaetimedout
    os error 110
    os error 113
    layer4 timeout
    timed out: operation now in progress
    ehostdown
  `,
  means('connection-timeout', { weight: WEIGHT.socket, needs: 'reported' })`
    no route to host
    host is unreachable
    host unreachable
    network is unreachable
    network unreachable
    unreachable network
    unreachable host
    connection timed out
    connection attempt timed out
    connect timed out
    connect timeout
    operation timed out
    timeout expired
    host is down
    connection timeout
  `,
  means('stale-connection', SOCKET)`
    econnreset
    connectionreset
    brokenpipe
    epipe
    forcibly closed by the remote host
    econnaborted
    errno 104]
    errno 32]
    (10054)
    (10053)
    os error 104
    os error 32)
    use of closed network connection
    unexpectedeof
    eofexception
    endofstreamexception
  `,
  means('stale-connection', { weight: WEIGHT.socket, needs: 'reported' })`
    connection reset
    broken pipe
    connection aborted
    unexpected eof
  `,
  means('dns-failure', NAME)`
    enotfound
    eai_again
    eai_noname
    eai_nodata
    enodata
    getaddrinfo failed
    getaddrinfo for … failed
    gaierror
    name or service not known
    temporary failure in name resolution
    no address associated with
    nodename nor servname
    could not translate host name
    failed to resolve "
    failed to resolve host
    unknownhost
    unknown mysql server host
    unknown server host
    hostname resolving error
    failed to lookup address
    non-existing domain
    nxdomain
    servfail
    server misbehaving
    dns_error
    name does not resolve
    hostnotfound
    getaddrinfo: name
    dns.gethost
    (11001)
    (11002)
    (11004)
    error 11001
    no answer from dns
    'dial tcp: lookup '
    'dial udp: lookup '
    could not be resolved: name
  `,
  means('dns-failure', { weight: WEIGHT.name, needs: 'reported' })`
    name resolution failed
    host not found
    dns error
    no such host
    could not resolve host
    unable to resolve host
    cannot resolve host
    'unknown host '
    host name lookup failure
    dns lookup failed
    address lookup failed
    no known address
  `,
  means('connection-refused', {
    also: ['connection-timeout'],
    weight: WEIGHT.hint,
    needs: 'not-foreign',
  })`
    connect call failed
  `,
  means('dns-failure', { weight: WEIGHT.name, needs: 'database' })`
    cannot resolve
    unable to resolve
    could not resolve
  `,
  means('dns-failure', { weight: WEIGHT.name, needs: 'database' })`failed to resolve`,
  means('stale-connection', { weight: WEIGHT.socket, needs: 'database' })`
    software caused connection abort
  `,
];
