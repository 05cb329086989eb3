/** Returns the command that runs a runbook, with its options as words for a shell. */
export function runCommand(runbook: string, options: string): string {
  return `runbook run ${runbook}${options === '' ? '' : ` ${options}`}`;
}
