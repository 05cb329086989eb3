/**
 * Returns how the title of a test ends that is skipped for a reason: ` (skipped: REASON)`, or nothing without
 * a reason. `npm test` prints the titles of what was skipped.
 */
export function because(reason: string | false | undefined): string {
  return reason === undefined || reason === false || reason === '' ? '' : ` (skipped: ${reason})`;
}
