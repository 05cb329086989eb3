import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages about connection settings that are missing or cannot be read. */
export const SETTINGS: readonly Signature[] = [
  means('config-error', { weight: WEIGHT.code, needs: 'not-foreign' })`
    got a packet bigger than "max_allowed_packet"
    packet for query is too large
    max_allowed_packet
    ssl profile must be an object
    err_socket_bad_port
    port should be >= 0 and < 65536
    invalid url
    err_invalid_url
    database string is invalid
    error parsing connection string
    cannot parse "
    invalid connection string
    invalid connection url
    invalid database url
    no suitable driver
    cannot load driver class
    cannot load jdbc driver
    client password must be a string
    default addr for network
    unknown driver "
    missing the slash separating the database name
    initialization string does not conform
    connectionstring property has not been initialized
    failed to configure a datasource
    failed to determine a suitable driver class
    can"t load plugin: sqlalchemy
    could not parse sqlalchemy url
    could not parse rfc1738 url
    databases is improperly configured
    adapternotspecified
    adapternotfound
    database configuration does not specify adapter
    environment variable not found: database_url
    environment variable database_url is missing
    database_url is not set
    database_url not set
    database_url must be set
    database_url is missing
    database_url is required
    missing environment variable: database_url
    must start with the protocol "postgres
    must start with the protocol "mysql
    database connection [… not configured
    could not find driver
    no database selected
    relative url without a base
    unexpected keyword argument "sslmode"
    keyword not supported: "
    invalid value for option "
    unknown database driver
    dialect needs to be explicitly supplied
    please install … package manually
    no module named "psycopg
    no module named "mysqldb
    no module named "asyncpg
    no module named "pymysql
    cannot find module "pg
    cannot find module "mysql
    cannot find module "mariadb
    connectionstringbuilder
    error loading mysqldb module
    error loading psycopg
    npgsqlconnectionstringbuilder
    invalid port "
    enotfound undefined
    enotfound null
    eai_again undefined
    eai_again null
    host name "undefined"
    server host "undefined"
    undefined function mysql
    undefined function pg_
    class "mysqli" not found
    class "pdo" not found
    for database adapter, but the gem is not loaded
    database configuration specifies nonexistent
    database is not configured. available
    could not load the … active record adapter
    jdbcurl is required
    claims to not accept jdbcurl
  `,
  means('config-error')`
    unrecognized configuration parameter
    invalid connection option
    invalid sslmode value
    invalid uri query parameter
    invalid integer value "… for connection option
    invalid percent-encoded token
    invalid port number
    invalid dsn
    missing "=" after "
    definition of service "… not found
    could not parse connection string
  `,
];
