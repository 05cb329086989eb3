import { words } from '#text/words.ts';

/**
 * Words of PostgreSQL, MySQL, their drivers, mappers, pools and proxies. One of them makes a record
 * a database's.
 */
export const DATABASE_WORDS: readonly string[] = [
  ...words(`
    postgres psql pgsql pg:: pgx libpq pgjdbc pgconnection pg_ pgbouncer pgpool pgcat odyssey
    supavisor patroni node_modules/pg psycopg asyncpg npgsql mysql mariadb innodb my-00 my-01 trilogy
    myxql proxysql maxscale vttablet vtgate sqlstate hy000 sqlexception sqlerror java.sql jdbc
    hikari c3p0 dbcp druid agroal r2dbc hibernate jooq slick vertx.pgclient vertx.mysqlclient
    vertx.sqlclient sqlalchemy queuepool django.db tortoise peewee alembic sequelize typeorm prisma
    knex drizzle mikroorm objection activerecord sequel:: postgrex dbconnection ecto doctrine pdo
    mysqli eloquent queryexception illuminate\\database diesel sqlx sea_orm seaorm gorm
    database/sql badconnection( databaseerror( rds.amazonaws.com database.azure.com sql.goog
    cloud-sql cloudsql neon.tech supabase flyway liquibase interfaceerror operationalerror
    programmingerror rollback() hostgroup pooler caching_sha2_password mysql_native_password
    scram-sha-256 target_session_attrs target_master readwritesplit allserversdown echeckouttimeout
    emaxconn econnfailed pg_hba postmaster removeabandoned poolableconnection poolconnection j2ca1 ij0004
    ij0006 tablet xtradb galera wsrep timescaledb postgis cockroach yugabyte aurora alloydb`),
  'pq: ',
  'could not connect to server: ',
  'connection to server at "',
  'connection to server on ',
  'os { code:',
  'error { kind: connect',
  'error communicating with database',
  'error connecting to server',
  'error returned from database',
  'db error: ',
  'sql error',
  'database system',
  'database server',
];

/** Words that only suggest a database. */
export const DATABASE_HINTS: readonly string[] = [
  'database',
  'datasource',
  'data source',
  'dbname',
  ' db ',
  'db:',
  'datastore',
  'data store',
  'to db',
  'ping db',
  'sql',
  'connection pool',
  'serialize access',
  'persistence',
  'replication',
  'primary server',
  'relation "',
  'sha2_password',
  'connection limit',
  'from the pool',
  'in the pool',
  'pool size',
  'db is',
  'db connection',
  'database_url',
  'connection string',
  'db-',
  'schema version',
  'communication packets',
  'secure-auth',
  'password hash',
  'connect privilege',
];

/**
 * Words of other services. Errors of sockets and certificates next to one of them are not a
 * database's.
 */
export const FOREIGN_WORDS: readonly string[] = [
  ...words(`
    redis lettuce jedis sentinel valkey kafka zookeeper amqp rabbit rsync minio pika.
    celery.backends activemq nats: mqtt pulsar mongo elastic opensearch solr cassandra clickhouse
    neo4j influx memcache dalli couchbase dynamodb etcd consul vault: eureka smtp imap mailer
    postfix dovecot openvpn wireguard xorg ldap kerberos sshd ssh: sftp ftp: http: http/ https: httpclient https.request
    http.request clientrequest _http_client httpconnection httpsconnection urllib
    requests.exceptions aiohttp httpx axios undici faraday guzzle okhttp feign webclient
    resttemplate openai stripe graphql websocket ws: grpc upstream nginx traefik envoy varnish
    apache2 php-fpm botocore s3.amazonaws sqs kinesis curl: curl_ wget: imagepull kubelet apiserver
    webhook sentry datadog prometheus otlp opentelemetry jaeger zipkin statsd graylog logstash
    fluent ntp chrony telnet bluetooth printer ora- oracle.jdbc sqlserver sqlclient mssql db2
    sqlite snowflake bigquery browser puppeteer playwright selenium chrome stunnel squid dnsmasq
    systemd-resolved systemd-timesyncd networkmanager unbound smbd objectpool`),
  'object pool',
  'thread pool',
  'http connection',
  'ftp pool',
  'goroutine ',
  'producer clientid',
  'consumer clientid',
  'timeout of ',
  'http client',
  'fetch failed',
  'transport: ',
  'rpc error',
  's3 bucket',
  'curl error',
  'npm error',
  'npm err',
  'pip ',
  'fatal: unable to access',
  'docker daemon',
  'error response from daemon',
  'failed to pull',
];
