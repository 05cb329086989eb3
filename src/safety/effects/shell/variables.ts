import { words } from '#text/words.ts';
import { isUnsafePath } from './paths.ts';

/**
 * Words of the names that people give to values. No program of the tables reads a variable whose
 * name consists of them; those that name files or folders are not read when they stand alone.
 */
const WORD = words(`
  ACCOUNT ADDRESS AGE ALERT AMOUNT API APP APPLICATION AREA BACKEND BACKUP BASE BATCH BRANCH BROKER BROKERS
  BUCKET CACHE CANARY CERT CHANNEL CHECK CLIENT CLUSTER CODE COLUMN COMMIT COMPONENT CONNECTION
  CONNECTIONS CONSUMER CONSUMERS COUNT CURRENT CUSTOMER DATABASE DATABASES DATE DAY DAYS DB DEPLOYMENT
  DESTINATION DEVICE DISK DOMAIN DURATION ENDPOINT ERROR ERRORS EVENT EXCHANGE EXPECTED FILTER FIRST
  FROM FRONTEND FULL GATEWAY GIVEN GREETING GROUP HEALTH HOST HOSTS HOUR HOURS ID IDS IMAGE INDEX INNER
  INSTANCE INTERFACE INTERVAL IP IPS ITEM ITEMS JOB KEY KEYS KIND LABEL LAG LAST LEADER LEVEL LIMIT LIST
  LOCK LOGIN MACHINE MAIN MASTER MAX MEMBER MESSAGE METRIC MIN MINUTES MODE MONTH NAME NAMES NAMESPACE
  NEW NODE NODES NOW NS NUMBER OBJECT OFFSET OLD ORDER ORDERS OTHER OUTER OWNER PARTITION PASSWORD PATTERN
  PAYMENT PEER PERCENT PHASE PID PIDS PLACE POD PODS POOL PORT PORTS POSTGRES PREVIOUS PRIMARY
  PROCESS PRODUCT PROJECT QUERY QUEUE QUEUES RABBIT RACK REASON RECORD REDIS REGION RELEASE REPLICA
  REPLICAS REPO REQUEST RESERVE RESOURCE RESULT ROLE ROW ROWS RULE SAID SCHEMA SECONDARY SECRET SELECTOR
  SERVER SERVERS SERVICE SERVICES SESSION SESSIONS SHARD SHOP SHOPS SINCE SIZE SLOT SNAPSHOT SOURCE SQL STACK
  STANDBY START STATE STATUS STEP STORE STREAM SUBNET SWITCH TABLE TABLES TAG TARGET TASK TASKS TEAM TENANT TEXT
  THRESHOLD TICKET TIME TIMEOUT TO TOKEN TOPIC TOPICS TOTAL TYPE UNIT UNITS UNTIL UPSTREAM URI URL USAGE USED USER
  USERS VALUE VERSION VHOST VOLUME WARNING WEB WHAT WHEN WHERE WHO WINDOW WORKER WORKERS YEAR ZONE`).join(
  '|',
);
const OWN = new RegExp(
  `^(?!CONTAINER_(?!ID$|NAME$))(?:[A-Z]|(?:CONTAINER|DIR|DIRECTORY|DSN|FILE|FILES|FOLDER|LOG|LOGS|MOUNT)|(?:${WORD}|CONTAINER|DSN|\\d+)(?:_(?:${WORD}|CONTAINER|DSN|\\d+))*)$`,
);

/** Lower-case names that programs read. */
const READ_BY_PROGRAMS = /proxy$|^(?:auto_resume|histchars|npm_.*)$/;

const ANY = /^/;
const WORDS = /^[\w.@:-]*$/;
/** A file of the host; as it is opened, it cannot be what a value says. */
const FILE = /^(?:system|[/~][\w./@+-]*)$/;

/** Variables that programs read, with the values that neither run, open nor redirect anything. */
const HARMLESS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:LANG|LANGUAGE|LC_[A-Z]+|TERM|DEBUG|COLOR|CLICOLOR\w*|NO_COLOR|SYSTEMD_COLORS)$/, WORDS],
  [/^(?:COLUMNS|LINES|ETCDCTL_API|GIT_OPTIONAL_LOCKS)$/, /^\d*$/],
  [/^(?:PG)?TZ$/, /^(?:[A-Za-z][\w+-]*(?:\/[\w+-]+)*(?:,[\w.,/]*)?)?$/],
  [/^(?:\w+_)?PAGER$/, /^(?:cat)?$/],
  [/^(?:PGPASSFILE|PGSSLROOTCERT|SSL_CERT_(?:FILE|DIR))$/, FILE],
  [/^PGOPTIONS$/, /^(?:-c ?(?:\w+_timeout=\w+|default_transaction_read_only=on) ?)+$/],
  [
    /^PG(?:HOST|HOSTADDR|PORT|DATABASE|USER|PASSWORD|SSLMODE|CONNECT_TIMEOUT|APPNAME|DATESTYLE|TARGETSESSIONATTRS|CHANNELBINDING)$/,
    ANY,
  ],
  [/^(?:MYSQL_PWD|MYSQL_HOST|MYSQL_TCP_PORT|REDISCLI_AUTH|NO_PROXY|no_proxy)$/, ANY],
  [/^AWS_(?:REGION|DEFAULT_REGION|DEFAULT_OUTPUT)$/, /^[\w\0-]*$/],
];

/**
 * Returns whether a variable may be set, in a script or for programs: an allow-list of names and of
 * values. What is not known of the value is {@link UNKNOWN_PART}.
 */
export function mayBeSet(name: string, value: string): boolean {
  if (isUnsafePath(value)) return false;
  const shape = HARMLESS.find(([names]) => names.test(name))?.[1];
  if (shape !== undefined) return shape.test(value);
  return OWN.test(name) || (/^[a-z][a-z\d_]*$/.test(name) && !READ_BY_PROGRAMS.test(name));
}

/**
 * The variables that scripts inherit: those that tools need to find themselves, their configuration
 * and their servers. All others are excluded: passwords and tokens (`PGPASSWORD`, `DATABASE_URL`,
 * `AWS_SECRET_ACCESS_KEY`), and those that change how bash runs (`BASH_ENV`, `SHELLOPTS`, `TMOUT`,
 * `IFS`, exported functions).
 */
const PASSED = new Set(
  words(`
  PATH HOME USER LOGNAME SHELL TMPDIR TERM TZ LANG LANGUAGE
  NO_COLOR XDG_CONFIG_HOME XDG_RUNTIME_DIR SSH_AUTH_SOCK
  SSL_CERT_FILE SSL_CERT_DIR HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy
  KUBECONFIG DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_CERT_PATH DOCKER_TLS_VERIFY
  AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_CONFIG_FILE
  CLOUDSDK_CONFIG GOOGLE_APPLICATION_CREDENTIALS AZURE_CONFIG_DIR
  PGHOST PGPORT PGUSER PGDATABASE PGSERVICE PGSERVICEFILE PGPASSFILE
  PGSSLMODE PGSSLROOTCERT PGSSLCERT PGSSLKEY PGCONNECT_TIMEOUT
  `),
);

/** Returns whether scripts on this machine inherit a variable, if it is set: an allow-list and all of `LC_*`. */
export function isPassedOn(name: string): boolean {
  return PASSED.has(name) || name.startsWith('LC_');
}
