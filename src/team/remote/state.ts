import type { Verdict } from '#events/log/submission.ts';
import type { RunRow } from '#events/view/run-row.ts';
import type { ServerApi } from './server-api.ts';

/** Whether the person of a token may do something; the reason is a sentence for that person. */
export type MayDo = { readonly may: true } | { readonly may: false; readonly because: string };

/** The answer of a server about one run. */
export type RemoteState = {
  readonly run: RunRow;
  /** Null before the first event. */
  readonly view: object | null;
  /** The person's own intents; with a verdict once a worker has decided. */
  readonly intents: readonly {
    readonly id: string;
    readonly type: string;
    /** The question that it answers. */
    readonly at_seq: number | null;
    readonly verdict: Verdict | null;
  }[];
  readonly may: { readonly operate: MayDo };
};

/** Returns the path of a run in the API, or of a part of it. */
export function pathOf(run: string, part = ''): string {
  return `api/runs/${encodeURIComponent(run)}${part === '' ? '' : `/${part}`}`;
}

/** Resolves with what a server tells about a run. */
export function stateOf(api: ServerApi, run: string): Promise<RemoteState> {
  return api.json<RemoteState>(pathOf(run));
}
