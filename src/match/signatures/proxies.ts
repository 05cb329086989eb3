import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages of proxies and of databases in clouds, as their users quote them. */
export const PROXIES: readonly Signature[] = [
  means('connection-refused', { also: ['connection-timeout'], weight: WEIGHT.wrapper })`
    failed to create a backend … connection
    no valid backend node found
    all of the backends are down
    all the db nodes are in down status
    health check failed on node
    connect to … compute node
    connect to compute node
    compute node is not ready
    no valid tablet
    no healthy tablet available
    not allowed in state not_serving
  `,
  means('connection-refused', {
    also: ['connection-timeout'],
    weight: WEIGHT.wrapper,
    needs: 'database',
  })`
    has no server available
    is down, reason: layer
    layer4 connection problem
  `,
  means('connection-timeout', { weight: WEIGHT.socket, needs: 'database' })`
    layer4 timeout
    layer7 timeout
    timed out while waiting for postgres
  `,
  means('connection-timeout', { also: ['pool-exhaustion', 'connection-refused'] })`
    max connect timeout reached while reaching hostgroup
  `,
  means('auth-failure')`
    clienthandler: user not found
    either external_id or sni_hostname must be provided
    this rds proxy has no credentials for the role
    proxy authentication with iam
    cloud sql … notauthorized
  `,
  means('server-not-ready')`
    there may be a reparent operation in progress
  `,
  means('tls-failure')`
    this rds proxy requires tls connections
  `,
  means('config-error')`
    the endpoint id is not specified
    endpoint id is not specified
    inconsistent project name inferred from
    instance does not have ip of type
    failed to get instance metadata
  `,
  means('pool-exhaustion')`
    unable to check out process from the pool
    transaction pool connection limit exceeded
    resource pool timed out
    connection pool limit exceeded
  `,
  means('too-many-connections')`
    max client connections reached
    maximum number of client connections exceeded
    too many database connection attempts are currently ongoing
  `,
];
