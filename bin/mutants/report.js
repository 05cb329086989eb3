import { readFile } from 'node:fs/promises';

const FOUND = new Set(['Killed', 'Timeout']);
const MISSED = new Set(['Survived', 'NoCoverage']);

/** Returns what came of each file of a report that Stryker keeps, by the name of the file. */
export async function readMeasured(file) {
  const { files } = JSON.parse(await readFile(file, 'utf8'));
  return Object.entries(files)
    .map(([name, { source, mutants }]) => ({
      name,
      late: mutants.filter(({ status }) => status === 'Timeout').length,
      found: mutants.filter(({ status }) => FOUND.has(status)).length,
      survivors: mutants
        .filter(({ status }) => MISSED.has(status))
        .map((mutant) => survivorOf(mutant, source.split('\n'))),
    }))
    .filter(({ found, survivors }) => found + survivors.length > 0)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Returns a mutant of a report as the page shows it. */
export function survivorOf({ location: { start, end }, replacement, status }, lines) {
  const line = lines[start.line - 1] ?? '';
  const last = start.line === end.line ? end.column - 1 : line.length;
  return {
    line: start.line,
    // What was there and what stands in its place, on one line: the same wherever the code moves to.
    was: oneLine(line.slice(start.column - 1, last)),
    is: oneLine(replacement ?? ''),
    isReached: status === 'Survived',
    code: line.trim(),
  };
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 120);
}

/** Returns the share of mutants that a test notices, in percent. */
export function scoreOf(measured) {
  const found = measured.reduce((sum, file) => sum + file.found, 0);
  const missed = measured.reduce((sum, file) => sum + file.survivors.length, 0);
  return found + missed === 0 ? 100 : (100 * found) / (found + missed);
}
