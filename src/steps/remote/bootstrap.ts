import type { ShellAction } from '#safety/kinds/shell.ts';

/**
 * Returns the command that starts bash on the remote side. It is all that appears in the argument
 * list of ssh, and the login shell there, of any kind, parses it again: so it is short (csh limits
 * words to about a thousand characters), on one line, and without `'`, `\` or `!`. The script
 * arrives on its standard input, as data, and is sent only once the bootstrap has reported that it
 * is ready: without that report nothing has run, and nothing was typed into a prompt instead.
 *
 * @param mark Marks the bootstrap's reports in the output: random, not a secret.
 */
export function bootstrap(mark: string): readonly string[] {
  const ready = `printf %s "{${mark} ready}"`;
  // A variable of that name could come from outside.
  const script = `SECONDS=0; ${ready}; ${ready} >&2; IFS= read -r -d "" runbook && eval "$runbook"`;
  return ['bash', '--noprofile', '--norc', '-c', script];
}

/**
 * The first input of the bootstrap. It reads the parts of the script ({@link scriptParts}) and
 * starts it in its own process group; a watcher ends that group when the standard input closes,
 * either on purpose or because the connection is lost.
 *
 * Values are never on a command line: variables are exported, input goes through a pipe. It needs
 * bash 4.1, `base64` for a script with input, and `sleep` for the grace period.
 */
const RUNNER = `
exec 3<&0 4>&1 5>&2 0</dev/null 1>/dev/null 2>/dev/null
say() { printf '{%s %s}' "$mark" "$1" >&5; }
part() { IFS= read -r -d '' "$1" <&3 || exit 1; }

# Lengths are in bytes, and no character may swallow the zero byte after it.
locale=\${LC_ALL+set}\${LC_ALL-}
LC_ALL=C
for name in mark grace limit folder look expected script variables; do part "$name"; done
set --
for ((; variables > 0; variables -= 1)); do
  part variable
  set -- "$@" "$variable"
done
part size
input=
[ "$size" = 0 ] || IFS= read -r -N "$size" input <&3 || exit 1
case $locale in set*) LC_ALL=\${locale#set} ;; *) unset LC_ALL ;; esac

if [ -n "$folder" ] && ! CDPATH= cd -- "$folder"; then
  say folder
  exit 0
fi

# In the process that starts the script: nothing can move in between.
if [ -n "$expected" ] && [ "$(eval "$look")" != "$expected" ]; then
  say other
  exit 0
fi

# Who sent this was stopped meanwhile: by now somebody else may have the run.
if [ -n "$limit" ] && ((SECONDS >= limit)); then
  say late
  exit 111
fi

unset BASH_ENV ENV TMOUT
# Parameters only: a variable of the script may have any name.
run() {
  while [ $# -gt 2 ]; do export "$1"; shift; done
  exec "$1" --noprofile --norc -c "$2" >&4 2>&5 3<&- 4>&- 5>&-
}
set -m
if [ "$size" = 0 ]; then
  run "$@" "$BASH" "$script" &
else
  run "$@" "$BASH" "$script" < <(printf %s "$input" | base64 -d 3<&- 4>&- 5>&-) &
fi
group=$!

(
  exec 4>&- 5>&-
  IFS= read -r -d '' word <&3
  # From here on it is waited for: bash may be gone before what it has started.
  trap '' TERM
  kill -TERM -- "-$group"
  for ((; grace > 0; grace -= 1)); do
    kill -0 -- "-$group" || exit
    sleep 0.1 || sleep 1
  done
  kill -KILL -- "-$group"
) &
watcher=$!

exec 3<&-
wait "$group"
code=$?
kill "$watcher"
wait "$watcher"
say "exit $code $group"
exit 0
`;

/** The parts of a script that are sent to the remote side. */
type ScriptParts = Pick<ShellAction, 'script' | 'env' | 'cwd' | 'stdin'> & {
  /** The mark given to {@link bootstrap}. */
  readonly mark: string;
  /** The milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** The age of the bootstrap, in seconds, from which on it does not start the script any more. */
  readonly limitS: number | undefined;
  /** The output that the far side must print for the script to start there. */
  readonly expected?: { readonly look: string; readonly printed: string } | undefined;
};

/** Returns the input of the bootstrap, sent once it is ready. */
export function scriptParts(parts: ScriptParts): string {
  const { mark, graceMs, limitS, cwd = '', script, env, stdin = '', expected } = parts;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const input = Buffer.from(stdin).toString('base64');
  const named = [
    RUNNER,
    ...[mark, String(Math.ceil(graceMs / 100)), limitS === undefined ? '' : String(limitS)],
    // `cd -` would change to the previous directory.
    ...[cwd.startsWith('-') ? `./${cwd}` : cwd, expected?.look ?? '', expected?.printed ?? ''],
    script,
    ...[String(variables.length), ...variables],
    String(input.length),
  ];
  return `${named.join('\0')}\0${input}`;
}

/**
 * Returns the command that ends the processes a script left in its process group, after bash and
 * the watcher have ended.
 */
export function endLeftovers(group: number, graceMs: number): readonly string[] {
  const rounds = Math.ceil(graceMs / 100);
  const wait = `for ((i = 0; i < ${rounds}; i += 1)); do kill -0 -- -${group} || exit 0; sleep 0.1; done`;
  return ['bash', '--norc', '-c', `kill -TERM -- -${group}; ${wait}; kill -KILL -- -${group}`];
}
