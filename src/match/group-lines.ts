/** Groups the lines of one error into a record, such as a stack trace with its causes. */
interface LineGrouping {
  /** Adds a line. Returns the previous record if the line starts another one. */
  push(line: string): string | undefined;
  /** Returns the last record. */
  end(): string | undefined;
}

/** The maximum length of a record's body. Further lines are dropped, except for causes. */
const LONGEST_BODY = 32_768;
const LONGEST_RECORD = 65_536;

/** The prefix that a log collector adds to every line, even within a stack trace. */
const COLLECTED =
  /^(?:[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d [\w.-]+ [\w./@-]+(?:\[\d+\])?: ?|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d) (?:stdout|stderr) [FP] |[\w.-]{1,40} +\| )/;
const CAUSE = /^\s*(?:Caused by: |Caused by:$|-+> |\[cause\]: )/;
const CONTINUES =
  /^(?:\s+\S|at [\w$.<>]+[(. ]|Caused by:|Suppressed:|\.\.\. \d+ (?:more|common frames)|-+> |--- End of |\[cause\]: |[}\])]+[,;]?$|\.$|Is the server running )/;
const DETAIL = /(?:^|[\s:])(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION): {1,2}\S/;
/** libpq's report of each further address it tried, below that of the first. */
const FURTHER_ADDRESS = /^connection to server (?:at|on) /;
const TRACEBACK = /^Traceback \(most recent call last\):/;
const CHAINED =
  /^(?:The above exception was the direct cause|During handling of the above exception)/;

/** The start of a record in a log: a time, a level with a date, or a structure. */
const START =
  /^(?:\W{0,2}\d{4}[-/]\d\d[-/]\d\d[T ]|\W{0,2}\d\d:\d\d:\d\d|\W?\d{1,2}[-/ ]\w{2,3}[-/ ]\d{2,4}[ :T]|[A-Z][a-z]{2} +\d{1,2} \d\d:|[IWEF]\d{4} \d\d:|\W?\d{10}(?:\.\d+)?\W|\{|(?:time|ts|level)=)/;
/** The name that Docker Compose writes before the lines of a service. */
const SERVICE = /^[\w.-]{1,40} +\| /;

/** Returns a grouping of lines into records. Its memory is bounded. */
export function createGrouping(): LineGrouping {
  let lines: string[] = [];
  let length = 0;
  /** True while the error that ends a traceback, or the next traceback, is still to come. */
  let unfinished = false;
  const lacksStart = learnStarts();
  const take = () => {
    const record = lines.length === 0 ? undefined : lines.join('\n');
    lines = [];
    length = 0;
    unfinished = false;
    return record;
  };
  const add = (line: string) => {
    if (length < LONGEST_BODY || (length < LONGEST_RECORD && CAUSE.test(line))) {
      lines.push(line);
      length += line.length + 1;
    }
  };
  return {
    push(line) {
      const bare = line.replace(COLLECTED, '');
      const chained = CHAINED.test(bare);
      const first = lines[0] ?? '';
      const further =
        FURTHER_ADDRESS.test(bare) &&
        first.includes('connection to server ') &&
        !FURTHER_ADDRESS.test(first.replace(COLLECTED, ''));
      const indented = CONTINUES.test(bare) || DETAIL.test(bare) || further;
      const untimed = lacksStart(line, first, indented);
      const goesOn =
        indented || untimed || unfinished || chained || (bare.trim() === '' && lines.length > 0);
      const before = goesOn && lines.length > 0 ? undefined : take();
      add(line);
      if (TRACEBACK.test(bare) || chained) unfinished = true;
      else if (!indented && bare.trim() !== '') unfinished = false;
      return before;
    },
    end: take,
  };
}

/**
 * Returns a function that tells whether a line continues the record that starts with another line,
 * because most records of this log start with a time and the line does not.
 */
function learnStarts() {
  let timed = 0;
  let untimed = 0;
  return (line: string, first: string, isIndented: boolean) => {
    const bare = line.replace(COLLECTED, '');
    if (isIndented || bare.trim() === '') return false;
    if (START.test(bare)) {
      timed += 1;
      return false;
    }
    const isUsual = timed > untimed;
    untimed += 1;
    return (
      isUsual &&
      START.test(first.replace(COLLECTED, '')) &&
      SERVICE.exec(line)?.[0] === SERVICE.exec(first)?.[0]
    );
  };
}
