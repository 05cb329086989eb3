/** Device status report (DSR) request: a terminal answers it in the order of its input. */
const STATUS_REQUEST = '\u001b[5n';
const ESCAPE = '\u001b';
const STATUS_REPORT = '\u001b[0n';
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the terminal's
const STATUS_REPORTS = /(\u001b\[0n)/;
/** The start of a split status report; a single escape is a key. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the terminal's
const BEGUN_REPORT = /\u001b\[0?$/;
/** End of a synchronized update, which ends each frame of Ink. */
const FRAME_ENDS = '\u001b[?2026l';

/**
 * A terminal that has not answered within this time does not support DSR; one that has before is
 * only slow.
 */
const UNSUPPORTED_AFTER_MS = 1_000;
const SLOW_AFTER_MS = 5_000;
/** How long the end of the screen waits for reports: the shell would echo a later one. */
const LAST_REPORTS_MS = 200;
/** A question cannot have been read within this time. */
const UNREAD_MS = 400;

/**
 * Separates keys typed after a question was on the terminal from keys typed before: a device status
 * report request follows the frame with the question, and the terminal's report follows every key
 * typed until then, however slow the connection is.
 */
export type InputFence = {
  /** The input of Ink: keys, without the status reports. */
  readonly stdin: NodeJS.ReadStream;
  /** The output of Ink. */
  readonly stdout: NodeJS.WriteStream;
  /** Sets the question that the next frame shows; `undefined` if it shows none. */
  readonly draw: (question: string | undefined) => void;
  /** Requests a status report now, if no frame was written since because it was unchanged. */
  readonly settle: () => void;
  /** Returns true if the keys read now were typed with this question on the terminal. */
  readonly covers: (question: string | undefined) => boolean;
  /** Resolves once no status report is expected any more: then the terminal may be given back. */
  readonly reported: () => Promise<void>;
};

/** Streams and clock of an {@link InputFence}. */
export type InputFenceOptions = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** True if a multiplexer such as tmux reports instead of the operator's terminal. */
  readonly isBehindAnother?: boolean;
  /** Returns monotonic milliseconds; `performance.now` by default. */
  readonly elapsed?: () => number;
};

/** Opens an input fence on a terminal. */
export function openInputFence(options: InputFenceOptions): InputFence {
  const { stdin, stdout, isBehindAnother = false, elapsed = () => performance.now() } = options;
  /** Questions with an outstanding status report, oldest first. */
  const outstanding: { readonly question: string; readonly at: number }[] = [];
  let drawn: string | undefined;
  // Also after the first frame: whether this terminal reports, and how fast, is known before a
  // gate.
  let isDue = true;
  let isKnown = false;
  let seen: { readonly question: string; readonly at: number } | undefined;
  let onAllReported = (): void => undefined;
  const request = (): string => {
    isDue = false;
    if (drawn === undefined && isKnown) return '';
    isKnown = true;
    const now = elapsed();
    // A report that went to a shell or a script never arrives.
    while (outstanding[0] !== undefined && now - outstanding[0].at >= SLOW_AFTER_MS)
      outstanding.shift();
    outstanding.push({ question: drawn ?? '', at: now });
    return STATUS_REQUEST;
  };
  const reported = (): void => {
    const first = outstanding.shift();
    if (first !== undefined) seen = { question: first.question, at: elapsed() };
    if (outstanding.length === 0) onAllReported();
  };
  return {
    stdin: withoutReports(stdin, reported, () => outstanding.length > 0),
    stdout: withRequests(stdout, () => (isDue ? request() : '')),
    draw(question) {
      isDue ||= question !== drawn;
      drawn = question;
    },
    settle() {
      if (isDue) stdout.write(request());
    },
    covers(question) {
      if (question === undefined) return true;
      const now = elapsed();
      const open = outstanding.find((one) => one.question === question);
      const patience = seen === undefined ? UNSUPPORTED_AFTER_MS : SLOW_AFTER_MS;
      if (open !== undefined && now - open.at >= patience) return true;
      if (seen?.question !== question) return false;
      return !isBehindAnother || now - seen.at >= UNREAD_MS;
    },
    async reported() {
      const isExpected = outstanding.some(({ at }) => elapsed() - at < UNSUPPORTED_AFTER_MS);
      if (!isExpected) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const patience = setTimeout(resolve, LAST_REPORTS_MS);
      onAllReported = resolve;
      await promise;
      clearTimeout(patience);
    },
  };
}

/** Returns true if a multiplexer or a roaming shell reports instead of the terminal. */
export function isBehindAnother(env: Readonly<Record<string, string | undefined>>): boolean {
  const { TMUX, STY, ZELLIJ, MOSH_IP, TERM = '' } = env;
  return [TMUX, STY, ZELLIJ, MOSH_IP].some(Boolean) || /^(screen|tmux)/.test(TERM);
}

/** Returns the stream without status reports: keys typed before one are read before it counts. */
function withoutReports(
  stdin: NodeJS.ReadStream,
  reported: () => void,
  isAwaited: () => boolean,
): NodeJS.ReadStream {
  /** Keys and reports that were read and not yet passed on, in order. */
  const parts: string[] = [];
  /** The start of a report whose end is in another chunk. */
  let begun = '';
  let endedInEscape = false;
  const split = (piece: string): void => {
    const isRest = endedInEscape && isAwaited() && piece.startsWith(STATUS_REPORT.slice(1));
    const text = (isRest ? ESCAPE : begun) + piece;
    endedInEscape = piece.endsWith(ESCAPE);
    begun = isAwaited() ? (BEGUN_REPORT.exec(text)?.[0] ?? '') : '';
    const whole = text.slice(0, text.length - begun.length);
    parts.push(...whole.split(STATUS_REPORTS).filter((part) => part !== ''));
  };
  const read = (): unknown => {
    while (parts[0] === STATUS_REPORT) {
      parts.shift();
      reported();
    }
    if (parts.length > 0) return parts.shift();
    const piece: unknown = stdin.read();
    if (typeof piece !== 'string') return piece;
    split(piece);
    return read();
  };
  return bound(stdin, { read });
}

/** Returns the stream with the result of `due` appended to each frame. */
function withRequests(stdout: NodeJS.WriteStream, due: () => string): NodeJS.WriteStream {
  const write = (chunk: string | Uint8Array, ...more: readonly unknown[]): boolean => {
    const text = chunk === FRAME_ENDS ? due() + chunk : chunk;
    return Reflect.apply(stdout.write, stdout, [text, ...more]);
  };
  return bound(stdout, { write });
}

/** Creates a proxy of a stream with some methods replaced. */
export function bound<T extends object>(stream: T, own: Readonly<Record<string, unknown>>): T {
  return new Proxy(stream, {
    get(target, name) {
      if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
