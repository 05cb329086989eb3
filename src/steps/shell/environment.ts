/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables that scripts inherit: those that tools need to find themselves, their configuration
 * and their servers. All others are excluded: passwords and tokens (`PGPASSWORD`, `DATABASE_URL`,
 * `AWS_SECRET_ACCESS_KEY`), and those that change how bash runs (`BASH_ENV`, `SHELLOPTS`, `TMOUT`,
 * `IFS`, exported functions).
 */
const PASSED = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TERM', 'TZ', 'LANG', 'LANGUAGE'],
  ...['NO_COLOR', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR', 'SSH_AUTH_SOCK'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
  ...['http_proxy', 'https_proxy', 'no_proxy'],
  ...['KUBECONFIG', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH'],
  ...['DOCKER_TLS_VERIFY', 'AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_CONFIG_FILE'],
  ...['CLOUDSDK_CONFIG', 'GOOGLE_APPLICATION_CREDENTIALS', 'AZURE_CONFIG_DIR'],
  ...['PGHOST', 'PGPORT', 'PGUSER', 'PGDATABASE', 'PGSERVICE', 'PGSERVICEFILE', 'PGPASSFILE'],
  ...['PGSSLMODE', 'PGSSLROOTCERT', 'PGSSLCERT', 'PGSSLKEY', 'PGCONNECT_TIMEOUT'],
]);

/** Returns the part of an environment that scripts inherit: an allow-list and all of `LC_*`. */
export function shellEnvironment(source: Environment): Record<string, string> {
  // A first-level bash whose stdin is a socket (as Node's pipes are) assumes that a remote shell
  // daemon started it, and reads ~/.bashrc.
  const passed: Record<string, string> = { SHLVL: '1' };
  for (const [name, value] of Object.entries(source))
    if (value !== undefined && (PASSED.has(name) || name.startsWith('LC_'))) passed[name] = value;
  return passed;
}
