import { words } from '#text/words.ts';

/** Variables that determine what runs, search paths, connections, or how bash parses. */
const MEANINGFUL = new RegExp(
  `^(?:_|[a-z_]*proxy|auto_resume|histchars|npm_.*|${words(`
  PATH IFS ENV SHELL CDPATH GLOBIGNORE SHELLOPTS BASHOPTS POSIXLY_CORRECT HOME TMPDIR TMP TEMP OPTIND
  OPTARG OPTERR BASH\\w* PS[0-4] PROMPT_\\w+ HIST\\w+ FCEDIT EXECIGNORE FIGNORE FUNCNEST INPUTRC TMOUT
  RANDOM SRANDOM SECONDS LINENO EPOCH\\w+ UID EUID PPID GROUPS DIRSTACK FUNCNAME PIPESTATUS REPLY MAPFILE
  COPROC COMP_\\w+ COMPREPLY HOSTFILE MAIL\\w* USER LOGNAME
  LD_\\w+ DYLD_\\w+ GLIBC_\\w+ GCONV_PATH GETCONF_DIR LOCPATH NLSPATH MALLOC_\\w+ HOSTALIASES LOCALDOMAIN
  RES_OPTIONS RESOLV_\\w+ XDG_\\w+ LESS\\w* MORE VISUAL BROWSER TERMINFO\\w* TERMCAP
  GREP_\\w+ TAPE UNZIP UNZIPOPT GZIP BZIP2? XZ_\\w+ ZSTD_\\w+ AWK\\w+ GAWK\\w*
  APT_\\w+ RPM_\\w+ PIP_\\w+ XTABLES_\\w+ TC_LIB_DIR IP_LIB_DIR
  PG\\w+ PSQL\\w* MYSQL\\w* LIBMYSQL_\\w+ MARIADB_\\w+ KRB5\\w* SASL_\\w+ LDAP\\w*
  CURL_\\w+ WGETRC NETRC SSLKEYLOGFILE GIT_\\w+ SSH\\w* RSYNC_\\w+ SUDO_\\w+ SYSTEMD_\\w+ JQ_\\w+
  PYTHON\\w* PERL\\w* RUBY\\w* NODE_\\w+ JAVA\\w* _JAVA\\w* JDK_\\w+ CLASSPATH ERL_\\w+
  KUBE\\w* DOCKER_\\w+ COMPOSE_\\w+ BUILDX_\\w+ CONTAINER_\\w+ CONTAINERS_\\w+ PODMAN_\\w+ HELM_\\w+
  AWS_\\w+ GOOGLE_\\w+ CLOUDSDK_\\w+ AZURE_\\w+ BOTO_\\w+ ETCDCTL_\\w+ PATRONI_\\w+ PGBACKREST_\\w+
  VAULT_\\w+ CONSUL_\\w+ KAFKA_\\w+ REDISCLI_\\w+ RABBITMQ_\\w+ TF_\\w+ TERRAFORM_\\w+ OPENSSL_\\w+ MTR_\\w+
  \\w*(?:PAGER|EDITOR|PRELOAD|PROXY|OPTIONS|OPTS|FLAGS|ARGS|RC|RCFILE|CONFIG|CONF|CMD|COMMAND|EXEC)
  \\w+_(?:PATH|HOME|DIR|LIB|LIBRARY|PLUGINS?|MODULES?|SHELL)
  `).join('|')})$`,
);

/** Known variables that programs may receive without further effects. */
const HARMLESS = new RegExp(
  `^(?:${words(`
  LANG LANGUAGE LC_\\w+ TZ TERM COLUMNS LINES NO_COLOR CLICOLOR\\w* COLOR DEBUG
  DB_(?:HOST|PORT|NAME|USER|PASSWORD) DATABASE_URL URL HOST PORT USER PASSWORD
  PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSSLMODE PGSSLROOTCERT
  PGCONNECT_TIMEOUT PGAPPNAME PGTZ PGDATESTYLE PGTARGETSESSIONATTRS PGCHANNELBINDING
  MYSQL_PWD MYSQL_HOST MYSQL_TCP_PORT REDISCLI_AUTH NO_PROXY no_proxy SSL_CERT_FILE SSL_CERT_DIR
  AWS_REGION AWS_DEFAULT_REGION AWS_DEFAULT_OUTPUT SYSTEMD_COLORS GIT_OPTIONAL_LOCKS ETCDCTL_API
  `).join('|')})$`,
);

/** Tells whether a script may set this variable without changing its own behavior. */
export function mayBeSet(name: string): boolean {
  return (
    /^[A-Za-z_]\w*$/.test(name) && (!MEANINGFUL.test(name) || /^PG(?:USER|PASSWORD)$/.test(name))
  );
}

/** Tells whether programs may receive this variable: it must be known not to control them. */
export function mayBePassedOn(name: string, value: string | undefined): boolean {
  if (/^(?:\w+_)?PAGER$/.test(name)) return value === 'cat' || value === '';
  return HARMLESS.test(name) || (/^[a-z_][a-z0-9_]*$/.test(name) && mayBeSet(name));
}

/** Tells whether a variable of a whole script may change what its commands do. */
export function maySteer(name: string): boolean {
  return !mayBeSet(name) && !HARMLESS.test(name);
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

/** Tells whether scripts on this machine inherit a variable, if it is set: an allow-list and all of `LC_*`. */
export function isPassedOn(name: string): boolean {
  return PASSED.has(name) || name.startsWith('LC_');
}
