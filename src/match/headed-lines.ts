/** The texts and the levels in one line of a structured record. */
export type Entry = { readonly said: readonly string[]; readonly levels: readonly string[] };

/** The head of a line of klog, which Kubernetes and its operators write: level, date, time, thread, place. */
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [^\s\]]+:\d+\] /;
const KLOG_LEVELS: Readonly<Record<string, string>> = {
  ...{ I: 'info', W: 'warning', E: 'error', F: 'fatal' },
};

/**
 * Returns the texts of a line of klog: its message, and of its pairs what `readPairs` takes for said;
 * undefined for other lines.
 */
export function readKlogLine(line: string, readPairs: (pairs: string) => Entry): Entry | undefined {
  const [head, level = ''] = KLOG.exec(line) ?? [];
  if (head === undefined) return undefined;
  const rest = line.slice(head.length);
  const [quoted, message = ''] = /^"((?:\\.|[^"\\])*)"/.exec(rest) ?? [];
  const said =
    quoted === undefined ? [rest] : [message, ...readPairs(` ${rest.slice(quoted.length)} `).said];
  return { said, levels: [KLOG_LEVELS[level] ?? level] };
}

/** The columns of PostgreSQL's CSV log that are read, counted from 0; they are the same in every version. */
const COLUMN = { level: 11, code: 12, message: 13, detail: 14, hint: 15 } as const;
const CSV = /^\d{4}-\d\d-\d\d [^,]*,(?:[^,]*,|"(?:""|[^"])*",){10}[A-Z]+\d?,[\dA-Z]{5},/;

/**
 * Returns the texts of a record of PostgreSQL's CSV log as its plain log has them: message, detail,
 * hint and SQLSTATE, and never the statement; undefined for other records.
 */
export function readCsvRecord(record: string): Entry | undefined {
  if (!CSV.test(record)) return undefined;
  const values = [...record.matchAll(/(?:"((?:""|[^"])*)"?|([^,"]*))(?:,|$)/g)].map(
    ([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare,
  );
  const of = (column: keyof typeof COLUMN) => values[COLUMN[column]] ?? '';
  const told = (name: string, text: string) => (text === '' ? [] : [`${name}:  ${text}`]);
  return {
    said: [
      ...told(of('level'), of('message')),
      ...told('DETAIL', of('detail')),
      ...told('HINT', of('hint')),
      ...(/^00000$/.test(of('code')) ? [] : [`code: '${of('code')}'`]),
    ],
    levels: [of('level')],
  };
}
