/**
 * What an operator can ask of a run. The screen and the prompts send intents; the session decides
 * whether the run can do it now.
 */
export type Intent =
  /** Run the step that waits, or go on after a stop. */
  | { readonly type: 'continue' }
  /** Let read-only steps run by themselves (or no longer). */
  | { readonly type: 'auto'; readonly on: boolean }
  /** Confirm what the gate shows; `digest` names exactly that, `phrase` is what was typed. */
  | { readonly type: 'confirm'; readonly digest: string; readonly phrase?: string }
  | { readonly type: 'decline'; readonly reason: string }
  /** Run the preview again and ask again. */
  | { readonly type: 'refresh' }
  /** Answer an `ask` step. */
  | { readonly type: 'answer'; readonly value: string }
  /** Report on a `manual` step. */
  | { readonly type: 'report'; readonly done: boolean; readonly evidence: string }
  | { readonly type: 'retry' }
  /** Change inputs, then retry; values as typed. */
  | { readonly type: 'edit'; readonly inputs: Readonly<Record<string, string>> }
  | { readonly type: 'skip'; readonly reason: string }
  /** The operator did by hand what the step would have done. */
  | { readonly type: 'mark-done'; readonly evidence: string }
  | { readonly type: 'jump'; readonly step: string; readonly reason: string }
  /** Revert what a step did, through a gate of its own. */
  | { readonly type: 'undo'; readonly step: string; readonly reason: string }
  /** Decide what a condition could not: a clause by its number from 0, or `null` for the next step. */
  | { readonly type: 'choose'; readonly clause: number | null; readonly reason: string }
  /** After an unknown outcome: run the step's `verify`. */
  | { readonly type: 'recheck' }
  /** Stop at the next safe point and ask. */
  | { readonly type: 'stop' }
  /** End the running action's process group or statement now. */
  | { readonly type: 'cancel' }
  | { readonly type: 'note'; readonly text: string }
  /** Run a statement or a script of one's own on a target, while the run waits. */
  | { readonly type: 'adhoc'; readonly target: string; readonly text: string }
  /** Leave the run; it can be resumed. */
  | { readonly type: 'leave' }
  | { readonly type: 'abort'; readonly reason: string };

/** The name of an intent. */
export type IntentType = Intent['type'];
