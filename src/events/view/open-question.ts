import type { AwaitedView, RunView } from './run-view.ts';

/**
 * Returns whether an answer to the question with this number answers the open one: it is that question,
 * or asked with the same gate before another process took the run up.
 */
export function answersOpen(open: AwaitedView | undefined, question: number | undefined): boolean {
  if (question === open?.seq) return true;
  return question !== undefined && open?.earlier?.includes(question) === true;
}

/** Returns whether a resumption closed the gate that asked with this number, and may open it again. */
export function mayOpenAgain({ closed }: RunView, question: number | undefined): boolean {
  return question !== undefined && closed?.asked.includes(question) === true;
}
