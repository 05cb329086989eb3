/** Returns a line of the application's log: the time, in UTC to the second, and a text. */
export function logLine(text: string): string {
  return `${new Date().toISOString().slice(0, 19)}Z ${text}\n`;
}

/** Returns the text of a line of the log, without its time. */
export function textOfLine(line: string): string {
  return line.replace(/^[\d:T-]+Z /, '');
}
