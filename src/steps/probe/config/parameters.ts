import { type Protocol, protocolOf } from '#runbook/model/engines.ts';
import { closest } from '#text/suggest.ts';
import { words } from '#text/words.ts';
import { type Finding, remark, type Subject, warning } from './finding.ts';

/**
 * The parameters that libpq, pg, pgjdbc, pgx, Prisma and PgBouncer-aware clients read from a
 * PostgreSQL URL.
 */
const POSTGRES = words(`
  host hostaddr port dbname user password passfile require_auth channel_binding connect_timeout
  client_encoding options application_name fallback_application_name keepalives keepalives_idle
  keepalives_interval keepalives_count tcp_user_timeout replication gssencmode gssdelegation
  sslmode requiressl sslnegotiation sslcompression sslcert sslkey sslkeylogfile sslpassword
  sslcertmode sslrootcert sslcrl sslcrldir sslsni requirepeer ssl_min_protocol_version
  ssl_max_protocol_version min_protocol_version max_protocol_version krbsrvname gsslib service
  servicefile target_session_attrs load_balance_hosts ssl uselibpqcompat encoding
  statement_timeout lock_timeout idle_in_transaction_session_timeout query_timeout
  schema connection_limit pool_timeout socket_timeout pgbouncer statement_cache_size sslaccept
  sslidentity currentSchema ApplicationName loginTimeout socketTimeout connectTimeout tcpKeepAlive
  sslfactory prepareThreshold preparedStatementCacheQueries reWriteBatchedInserts
  targetServerType loadBalanceHosts stringtype default_query_exec_mode pool_max_conns
  pool_min_conns pool_max_conn_lifetime pool_max_conn_idle_time search_path timezone pool_mode
  command_timeout prepared_statement_cache_size`);

/**
 * The parameters that mysql2, the mysql command line, PyMySQL, Go, Connector/J and Prisma read from
 * a MySQL URL.
 */
const MYSQL = words(`
  host port user password database dbname socket socketPath unix_socket protocol charset collation
  timezone timeout connectTimeout connect_timeout readTimeout read_timeout writeTimeout
  write_timeout socketTimeout ssl sslmode ssl-mode ssl_mode sslMode ssl-ca ssl_ca ssl-cert ssl_cert
  ssl-key ssl_key sslca sslcert sslkey sslrootcert sslaccept sslidentity sslpassword
  ssl_verify_cert ssl_verify_identity ssl_check_hostname ssl_disabled tls tls-version tls_versions useSSL requireSSL
  verifyServerCertificate enabledTLSProtocols trustCertificateKeyStoreUrl allowPublicKeyRetrieval
  serverTimezone characterEncoding useUnicode autoReconnect rewriteBatchedStatements
  useServerPrepStmts cachePrepStmts maxAllowedPacket parseTime loc multiStatements
  multipleStatements interpolateParams allowNativePasswords allowCleartextPasswords
  checkConnLiveness clientFoundRows columnsWithAlias connection_limit pool_timeout socket_timeout
  statement_cache_size connectionLimit waitForConnections queueLimit maxIdle idleTimeout
  enableKeepAlive keepAliveInitialDelay namedPlaceholders dateStrings supportBigNumbers
  bigNumberStrings decimalNumbers flags debug compress use_compression local_infile
  init_command sql_mode read_default_file read_default_group auth_plugin autocommit
  get-server-public-key server-public-key-path zeroDateTimeBehavior useLegacyDatetimeCode`);

const KNOWN: Readonly<Record<Protocol, readonly string[]>> = { postgres: POSTGRES, mysql: MYSQL };

/** Finds parameters that no client knows, and those given twice. */
export function checkParameters({ engine, parameters }: Subject): readonly Finding[] {
  const known = KNOWN[protocolOf(engine)];
  const names = parameters.map(([name]) => name);
  const unknown = new Set(names.filter((name) => !known.includes(name)));
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  const findings = [
    ...Array.from(unknown, (name) => unknownParameter(name, known)),
    ...Array.from(repeated, (name) =>
      warning('repeated-parameter', `${name} is given twice`, 'Clients take one or the other.'),
    ),
  ];
  if (names.includes('password'))
    findings.push(
      remark(
        'password-in-query',
        'the password is given as a parameter',
        'Logs that hide passwords in URLs may show it.',
      ),
    );
  return findings;
}

function unknownParameter(name: string, known: readonly string[]): Finding {
  const near = closest(name, known);
  const hint =
    near === undefined ? 'Most clients ignore it; psql refuses it.' : `Did you mean "${near}"?`;
  return warning('unknown-parameter', `no client is known to read "${name}"`, hint);
}
