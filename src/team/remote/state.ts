import type { Verdict } from '#events/log/submission.ts';
import type { ServerApi } from './server-api.ts';

/** A run in the list of a server. */
export type RemoteSummary = {
  readonly id: string;
  readonly runbook: string;
  readonly title: string;
  readonly environment: string;
  readonly severity: string;
  readonly mode: string;
  readonly startedBy: string;
  /** `queued` until its first line. */
  readonly status: 'queued' | 'running' | 'waiting' | 'paused' | 'finished';
  readonly waitingFor?: string;
  readonly currentStep?: string;
  readonly outcome?: string;
  /** The reason why no worker can continue it. */
  readonly trouble?: string;
  /** Times in ISO. */
  readonly createdAt: string;
  readonly changedAt: string;
};

/** Whether the person of a token may do something; the reason is a sentence for that person. */
export type MayDo = { readonly may: true } | { readonly may: false; readonly because: string };

/** The answer of a server about one run. */
export type RemoteState = {
  readonly run: RemoteSummary;
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
