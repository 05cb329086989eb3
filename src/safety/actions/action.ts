import type { RenderedAction } from '../kinds/rules.ts';
import type { ShellAction } from '../kinds/shell.ts';

/** A pause of fixed length. */
type WaitAction = { readonly kind: 'wait'; readonly ms: number };

/**
 * Opens the connection, so that the server reports its engine; or, before a script that changes
 * something, looks who answers at its place and where its folder leads.
 */
export type ConnectAction = {
  readonly kind: 'connect';
  readonly target: string;
  readonly script?: Pick<ShellAction, 'place' | 'cwd' | 'interactive'>;
  readonly timeoutMs: number;
};

/**
 * Returns the name of the target an action runs on; undefined for requests, probes and pauses,
 * which run locally.
 */
export function targetOf(action: Action): string | undefined {
  return 'target' in action ? action.target : undefined;
}

/** Returns whether an action only reads. */
export function isReadOnly(action: Action): boolean {
  const { kind } = action;
  return kind === 'probe' || kind === 'wait' || kind === 'connect' || action.readOnly;
}

/** Any action of an executor. */
export type Action = RenderedAction | WaitAction | ConnectAction;
