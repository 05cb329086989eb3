import { describe, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { knownCommands } from '#safety/effects/shell/command.ts';
import { inferShell } from '#safety/effects/shell/infer.ts';
import { draws, fc } from '../../support/properties.ts';

const { shell, postgres } = await loadEffectParsers({ shell: true, postgres: true });
if (shell === undefined || postgres === undefined) throw new Error('there are no parsers');
const isRead = (script: string) => inferShell(script, { shell, postgres }).effect === 'read';

/** Commands whose words are texts, names or expressions, never flags that do more than read. */
const TAKES_WORDS =
  /^(?::|true|false|echo|expr|yes|basename|dirname|exit|return|break|continue|sleep|test|cd|printf)$/;

/** Flags and words that no command is known to have, or that some use to write. */
const STRANGE = [
  '--no-such-flag',
  '--no-such-flag=/tmp/x',
  '--output-file=/tmp/x',
  '--write-to /tmp/x',
  '--log-file=/tmp/x',
  '--outfile /tmp/x',
  '--exec=/tmp/x',
  '--plugin=/tmp/x',
  '-@ /tmp/x',
  '-~',
];

describe.each(knownCommands().filter((name) => !TAKES_WORDS.test(name)))('%s', (name) => {
  test('is no read with a flag that is not in its table', () => {
    // What follows the program of awk are its files.
    const befores = name.endsWith('awk') ? [name] : [name, `${name} a`];
    const reads = befores.flatMap((before) => STRANGE.map((words) => `${before} ${words}`));
    expect(reads.filter(isRead)).toEqual([]);
  });
});

/** Where a variable can be set for a program that reads it. */
const PLACES: readonly ((assignment: string) => string)[] = [
  (assignment) => `${assignment} ls`,
  (assignment) => `${assignment}; ls`,
  (assignment) => `export ${assignment}; ls`,
  (assignment) => `env ${assignment} ls`,
  (assignment) => `sudo ${assignment} ls`,
  (assignment) => `docker exec -e ${assignment} app ls`,
  (assignment) => `ssh h '${assignment} ls'`,
];

/** Variables that programs of the tables read and that run, load, open or redirect something. */
const STEERING = `
  PATH IFS ENV BASH_ENV SHELLOPTS PS4 CDPATH GLOBIGNORE HOME TMPDIR LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH
  DYLD_INSERT_LIBRARIES GCONV_PATH LOCPATH NLSPATH HOSTALIASES RES_OPTIONS TERMINFO LESSOPEN LESS VISUAL EDITOR
  GREP GZIP XZ GIT_SSH_COMMAND GIT_EXTERNAL_DIFF GIT_DIR GIT_CONFIG_COUNT PSQLRC PSQL_HISTORY PGSERVICE
  PGSERVICEFILE PGSYSCONFDIR PGSSLKEY PGSSLCERT PGSSLKEYLOGFILE PGCLIENTENCODING PGGSSLIB PGLOCALEDIR MYSQL_HOME
  MYSQL_TEST_LOGIN_FILE LIBMYSQL_PLUGIN_DIR LIBMYSQL_PLUGINS CURL_HOME SSLKEYLOGFILE OPENSSL_CONF OPENSSL_ENGINES
  OPENSSL_MODULES KUBECONFIG KUBECTL_EXTERNAL_DIFF KUBE_EDITOR HELM_PLUGINS HELM_DRIVER DOCKER_HOST DOCKER_CONFIG
  DOCKER_CONTEXT CONTAINER_HOST CONTAINERS_CONF COMPOSE_FILE COMPOSE_ENV_FILES NERDCTL_TOML CONTAINERD_ADDRESS
  CRI_CONFIG_FILE CONTAINER_RUNTIME_ENDPOINT AWS_CONFIG_FILE AWS_ENDPOINT_URL AWS_CA_BUNDLE AWS_PROFILE
  CLOUDSDK_PYTHON CLOUDSDK_CONFIG GOOGLE_APPLICATION_CREDENTIALS AZURE_CONFIG_DIR VAULT_ADDR VAULT_AGENT_ADDR
  CONSUL_HTTP_ADDR ETCDCTL_ENDPOINTS TF_CLI_ARGS TF_PLUGIN_CACHE_DIR TF_LOG_PATH KAFKA_OPTS KAFKA_LOG4J_OPTS LOG_DIR
  CLASSPATH JAVA_HOME JAVA_TOOL_OPTIONS JVM_OPTS CASSANDRA_INCLUDE CASSANDRA_CONF CASSANDRA_HOME RABBITMQ_NODENAME
  RABBITMQ_CONF_ENV_FILE CONF_ENV_FILE CTL_ERL_ARGS ERL_FLAGS PATRONICTL_CONFIG_FILE PATRONI_CONFIGURATION APACHE_ENVVARS
  APACHE_CONFDIR APACHE_HTTPD HTTPD LYNX STATUSURL ULIMIT_MAX_FILES PM2_HOME NODE_OPTIONS NODE_PATH NPM_CONFIG_PREFIX
  PERL5OPT PERL5LIB PYTHONPATH PYTHONSTARTUP RUBYOPT PHPRC GOTOOLCHAIN GOFLAGS MAKEFLAGS PIP_CONFIG_FILE RPM_CONFIGDIR
  APT_CONFIG DPKG_ADMINDIR TOPRC MTR_PACKET MAGIC WHOIS_OPTIONS DBUS_SYSTEM_BUS_ADDRESS DBUS_SESSION_BUS_ADDRESS
  SYSTEMD_PAGERSECURE SYSTEMCTL_FORCE_BUS SUDO_ASKPASS SSH_ASKPASS SSH_AUTH_SOCK KRB5_CONFIG KRB5CCNAME LDAPCONF
  HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy ftp_proxy rsync_proxy npm_config_prefix
  auto_resume histchars XDG_CONFIG_HOME TAPE UNZIP ZIPINFO RSYNC_RSH BLOCKSIZE POSIXLY_CORRECT HOSTNAME`
  .trim()
  .split(/\s+/);

test.each(STEERING)('%s, which a program reads, is set nowhere in a read', (name) => {
  expect(PLACES.map((place) => place(`${name}=x`)).filter(isRead)).toEqual([]);
});

test('all places where a variable is set follow one list', () => {
  const word = fc.stringMatching(/^[A-Z]{1,9}$/);
  const known = fc.constantFrom('HOST', 'QUEUE_NAME', 'PGHOST', 'LC_ALL', 'TZ', 'N', ...STEERING);
  const name = fc.oneof(
    known,
    fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('_')),
  );
  fc.assert(
    fc.property(name, fc.constantFrom('x', '1', '/tmp/x', '/dev/st0', ''), (one, value) => {
      const verdicts = PLACES.map((place) => isRead(place(`${one}=${value}`)));
      expect(new Set(verdicts).size).toBe(1);
    }),
    draws(200),
  );
});

/** Files that a reader empties, or whose opening does something. */
const DEVICES = [
  '/dev/st0',
  '/dev/input/event0',
  '/proc/7/fd/0',
  '/proc/kmsg',
  '/sys/kernel/debug/x',
];
const READERS = ['cat', 'head -c1', 'grep x', 'wc -l', 'od', 'tail -n 1', 'diff /etc/hosts'];

/** Other spellings of a path. */
const spelled = fc
  .tuple(
    fc.constantFrom(...DEVICES),
    fc.array(fc.constantFrom('/', './', 'x/../', '../x/../'), { maxLength: 3 }),
    fc.constantFrom(
      '',
      '',
      '/proc/1/root',
      '/proc/self/root',
      '/host',
      '/srv/..',
      '/var/run/..',
      '~/..',
    ),
  )
  .map(([path, blanks, root]) =>
    blanks.reduce((text, blank, at) => {
      const slashes = [...text.matchAll(/\//g)].map(({ index }) => index);
      const place = slashes[at % slashes.length] ?? 0;
      // `..` leaves a folder that is not there only below the root.
      return blank.includes('..') && place > 0
        ? text
        : `${text.slice(0, place + 1)}${blank}${text.slice(place + 1)}`;
    }, `${root}${path}`),
  );

test('a device is one however its path is written', () => {
  fc.assert(
    fc.property(spelled, fc.constantFrom(...READERS), (path, reader) => {
      const scripts = [`${reader} ${path}`, `${reader} < ${path}`, `sudo ${reader} ${path}`];
      const folder = [
        `cd ${path.replace(/\/[^/]*$/, '')} && ${reader} ${path.replace(/^.*\//, '')}`,
      ];
      const found = [`find ${path} -exec ${reader} {} +`, `echo ${path} | xargs ${reader}`];
      expect([...scripts, ...folder, ...found].filter(isRead)).toEqual([]);
    }),
    draws(200),
  );
});
