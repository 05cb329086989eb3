/** Variables that say what runs, where it is looked for, or how bash reads the script. */
const MEANINGFUL = new RegExp(
  `^(?:${`
  PATH IFS ENV SHELL CDPATH GLOBIGNORE SHELLOPTS BASHOPTS POSIXLY_CORRECT HOME TMPDIR OPTIND OPTARG
  BASH_\\w* PS[0-4] PROMPT_\\w+ HIST\\w+ FCEDIT EXECIGNORE FUNCNEST INPUTRC
  LD_\\w+ DYLD_\\w+ GLIBC_TUNABLES GCONV_PATH LOCPATH NLSPATH MALLOC_\\w+ HOSTALIASES LOCALDOMAIN
  RES_OPTIONS RESOLV_\\w+ XDG_\\w+ \\w*PAGER LESS\\w* \\w*EDITOR VISUAL BROWSER TERMINFO\\w* TERMCAP
  GIT_\\w+ SSH_\\w+ RSYNC_\\w+ CURL_HOME WGETRC NETRC GREP_\\w+ TAR_OPTIONS GZIP ZSTD_\\w+ XZ_\\w+
  AWK\\w+ GAWK\\w* JQ_\\w+ SUDO_\\w+ SYSTEMD_\\w+
  PSQL\\w* PGOPTIONS PGSERVICE\\w* PGSYSCONFDIR PGLOCALEDIR PGKRB\\w* PGGSS\\w*
  SSLKEYLOGFILE APT_\\w+ DPKG_\\w+ RPM_\\w+ PIP_\\w+ PATRONI_\\w+ ETCDCTL_\\w+ PERL5\\w+
  MYSQL_HOME MYSQL_TEST_\\w+ MYSQL_PLUGIN\\w* LIBMYSQL_\\w+ MARIADB_\\w+
  OPENSSL_\\w+ PYTHON\\w* PERL\\w* RUBY\\w* NODE_\\w+ JAVA_\\w+ _JAVA_\\w+ JDK_\\w+ CLASSPATH
  MTR_\\w+ XTABLES_\\w+ TC_LIB_DIR IP_LIB_DIR KRB5\\w* PGBACKREST_\\w+ SASL_PATH LDAP\\w+
  KUBE\\w* DOCKER_\\w+ COMPOSE_\\w+ BUILDX_\\w+ CONTAINER\\w* PODMAN_\\w+ HELM_\\w+
  AWS_\\w+ GOOGLE_\\w+ CLOUDSDK_\\w+ AZURE_\\w+
  `
    .trim()
    .split(/\s+/)
    .join('|')})$`,
);

/** Variables that other programs are given without doing anything else for it. */
const HARMLESS = new RegExp(
  `^(?:${`
  [a-z_][a-z0-9_]* LANG LANGUAGE LC_\\w+ TZ TERM COLUMNS LINES NO_COLOR CLICOLOR\\w* COLOR DEBUG
  DB_\\w+ DATABASE_URL URL HOST PORT USER PASSWORD
  PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSSL\\w+ PGCONNECT_TIMEOUT
  PGAPPNAME PGCLIENTENCODING PGTZ PGDATESTYLE PGTARGETSESSIONATTRS PGCHANNELBINDING
  MYSQL_PWD MYSQL_HOST MYSQL_TCP_PORT MYSQL_UNIX_PORT
  https?_proxy HTTPS?_PROXY NO_PROXY ALL_PROXY SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE
  AWS_REGION AWS_DEFAULT_REGION AWS_DEFAULT_OUTPUT SYSTEMD_COLORS GIT_OPTIONAL_LOCKS
  `
    .trim()
    .split(/\s+/)
    .join('|')})$`,
);

/** Reports whether a script may set this variable for itself without changing what it does. */
export function mayBeSet(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !MEANINGFUL.test(name);
}

/** Reports whether programs may be given this variable: only what is known not to steer them. */
export function mayBePassedOn(name: string, value: string | undefined): boolean {
  if (/^(?:\w+_)?PAGER$/.test(name)) return value === 'cat' || value === '';
  return HARMLESS.test(name);
}

/** Reports whether a variable that a whole script is given may change what its commands do. */
export function maySteer(name: string): boolean {
  return !mayBeSet(name) && !HARMLESS.test(name);
}
