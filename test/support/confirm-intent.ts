import type { Intent } from '#events/log/intent.ts';
import type { GateView } from '#events/view/run-view.ts';

/** Confirms a gate as a person does who reads it: with its digest, and its phrase if it asks for one. */
export function confirmIntent(gate: GateView | undefined): Extract<Intent, { type: 'confirm' }> {
  const { digest = '', phrase } = gate ?? {};
  return { type: 'confirm', digest, ...(phrase === undefined ? {} : { phrase }) };
}
