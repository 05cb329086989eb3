/** Asks the terminal whether it is well; it answers in the order of what it is sent. */
const ASK = '\u001b[5n';
const ESCAPE = '\u001b';
const ANSWER = '\u001b[0n';
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the terminal's
const ANSWERS = /(\u001b\[0n)/;
/** An answer that was cut in two; an escape that stands alone is a key. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the terminal's
const BEGUN_ANSWER = /\u001b\[0?$/;
/** With this Ink ends a picture. */
const PICTURE_ENDS = '\u001b[?2026l';

/** A terminal that has not answered for so long does not answer; one that has before is only slow. */
const MUTE_AFTER_MS = 1_000;
const SLOW_AFTER_MS = 5_000;
/** Nobody has read a question within this time. */
const UNREAD_MS = 400;

/**
 * Tells what was typed after a question was on the terminal from what was typed before: behind the
 * picture with the question the terminal is asked to answer, and its answer comes behind every key that
 * was typed until then, however slow the line is.
 */
export type Sight = {
  /** What Ink reads: keys, without the answers. */
  readonly stdin: NodeJS.ReadStream;
  /** What Ink writes to. */
  readonly stdout: NodeJS.WriteStream;
  /** Says which question the next picture shows; `undefined` when it shows none. */
  readonly draw: (question: string | undefined) => void;
  /** Asks the terminal now, when no picture was written since: the last one was the same. */
  readonly settle: () => void;
  /** Returns whether the keys that are read now were typed with this question on the terminal. */
  readonly covers: (question: string | undefined) => boolean;
};

/** What a sight is opened on. */
export type SightOptions = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** True where not the operator's terminal answers but something before it, e.g. tmux. */
  readonly isBehindAnother?: boolean;
  /** Returns milliseconds that only grow; `performance.now` when left out. */
  readonly elapsed?: () => number;
};

/** Opens a sight on a terminal. */
export function openSight(options: SightOptions): Sight {
  const { stdin, stdout, isBehindAnother = false, elapsed = () => performance.now() } = options;
  /** The questions the terminal was asked about, which it has not answered yet. */
  const asked: { readonly question: string; readonly at: number }[] = [];
  let drawn: string | undefined;
  // Also behind the first picture: whether this terminal answers, and how fast, is known before a gate.
  let isDue = true;
  let isKnown = false;
  let seen: { readonly question: string; readonly at: number } | undefined;
  const ask = (): string => {
    isDue = false;
    if (drawn === undefined && isKnown) return '';
    isKnown = true;
    const now = elapsed();
    // An answer that went to a shell or a script never comes.
    while (asked[0] !== undefined && now - asked[0].at >= SLOW_AFTER_MS) asked.shift();
    asked.push({ question: drawn ?? '', at: now });
    return ASK;
  };
  const answered = (): void => {
    const first = asked.shift();
    if (first !== undefined) seen = { question: first.question, at: elapsed() };
  };
  return {
    stdin: withoutAnswers(stdin, answered, () => asked.length > 0),
    stdout: withAsks(stdout, () => (isDue ? ask() : '')),
    draw(question) {
      isDue ||= question !== drawn;
      drawn = question;
    },
    settle() {
      if (isDue) stdout.write(ask());
    },
    covers(question) {
      if (question === undefined) return true;
      const now = elapsed();
      const open = asked.find((one) => one.question === question);
      const patience = seen === undefined ? MUTE_AFTER_MS : SLOW_AFTER_MS;
      if (open !== undefined && now - open.at >= patience) return true;
      if (seen?.question !== question) return false;
      return !isBehindAnother || now - seen.at >= UNREAD_MS;
    },
  };
}

/** Returns whether a multiplexer or a roaming shell answers in the place of the terminal. */
export function isBehindAnother(env: Readonly<Record<string, string | undefined>>): boolean {
  const { TMUX, STY, ZELLIJ, MOSH_IP, TERM = '' } = env;
  return [TMUX, STY, ZELLIJ, MOSH_IP].some(Boolean) || /^(screen|tmux)/.test(TERM);
}

/** The stream as it is, but for answers: what was typed before one is read before it counts. */
function withoutAnswers(
  stdin: NodeJS.ReadStream,
  answered: () => void,
  isAwaited: () => boolean,
): NodeJS.ReadStream {
  /** Keys and answers that were read and not handed on, in their order. */
  const parts: string[] = [];
  /** The beginning of an answer whose end comes in another piece. */
  let begun = '';
  let endedInEscape = false;
  const split = (piece: string): void => {
    const isRest = endedInEscape && isAwaited() && piece.startsWith(ANSWER.slice(1));
    const text = (isRest ? ESCAPE : begun) + piece;
    endedInEscape = piece.endsWith(ESCAPE);
    begun = isAwaited() ? (BEGUN_ANSWER.exec(text)?.[0] ?? '') : '';
    const whole = text.slice(0, text.length - begun.length);
    parts.push(...whole.split(ANSWERS).filter((part) => part !== ''));
  };
  const read = (): unknown => {
    while (parts[0] === ANSWER) {
      parts.shift();
      answered();
    }
    if (parts.length > 0) return parts.shift();
    const piece: unknown = stdin.read();
    if (typeof piece !== 'string') return piece;
    split(piece);
    return read();
  };
  return bound(stdin, { read });
}

/** The stream as it is, with what `due` returns at the end of a picture. */
function withAsks(stdout: NodeJS.WriteStream, due: () => string): NodeJS.WriteStream {
  const write = (chunk: string | Uint8Array, ...more: readonly unknown[]): boolean => {
    const text = chunk === PICTURE_ENDS ? due() + chunk : chunk;
    return Reflect.apply(stdout.write, stdout, [text, ...more]);
  };
  return bound(stdout, { write });
}

/** A stream in front of another one, which does everything itself but what is given. */
function bound<T extends object>(stream: T, own: Readonly<Record<string, unknown>>): T {
  return new Proxy(stream, {
    get(target, name) {
      if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
