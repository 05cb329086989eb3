/** Cuts a stream of text into records. */
export interface RecordSplitter {
  /** Takes the next piece of the stream and returns the records that ended in it. */
  push(chunk: string): readonly string[];
  /** Returns what the stream ended with, when it is a record. */
  end(): readonly string[];
}

/** Of a longer record the beginning is kept. */
const LONGEST_RECORD = 65_536;

/** Returns a splitter at line ends or, for records of many lines, at NUL; its memory is bounded. */
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
