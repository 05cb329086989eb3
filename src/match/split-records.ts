/** Splits a stream of text into records. */
interface RecordSplitter {
  /** Adds a chunk of the stream. Returns the records that ended in it. */
  push(chunk: string): readonly string[];
  /** Returns the rest of the stream if it is a record. */
  end(): readonly string[];
}

/** The maximum length of a record. A longer one is truncated. */
const LONGEST_RECORD = 65_536;

/** Returns a splitter at line ends or, for multi-line records, at NUL. Its memory is bounded. */
export function createSplitter(separator: '\n' | '\0'): RecordSplitter {
  let rest = '';
  const clean = (record: string) =>
    record.endsWith('\r') || record.endsWith('\n') ? record.replace(/[\r\n]+$/, '') : record;
  return {
    push(chunk) {
      const records = chunk.split(separator);
      const last = records.pop() ?? '';
      if (records.length === 0) {
        if (rest.length < LONGEST_RECORD) rest += last.slice(0, LONGEST_RECORD - rest.length);
        return [];
      }
      records[0] = rest + (records[0] ?? '');
      rest = last.slice(0, LONGEST_RECORD);
      return records.map(clean);
    },
    end() {
      const record = clean(rest);
      rest = '';
      return record === '' ? [] : [record];
    },
  };
}
