import type { Engine } from '#runbook/model/runbook.ts';
import type { UrlParts } from '#safety/redaction/url.ts';

/**
 * Something to know about a connection URL. An `error` keeps every client from using it, a `warning`
 * some, or makes it do something else than it seems to; `info` is what differs between clients.
 */
export type Finding = {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint: string | null;
};

/** A connection URL to look for findings in. */
export type Subject = {
  readonly engine: Engine;
  readonly parts: UrlParts;
  /** Decoded, in order, repeated ones too. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
};

/** Returns an `error` finding. */
export function fault(code: string, message: string, hint: string | null = null): Finding {
  return { code, severity: 'error', message, hint };
}

/** Returns a `warning` finding. */
export function warning(code: string, message: string, hint: string | null = null): Finding {
  return { code, severity: 'warning', message, hint };
}

/** Returns an `info` finding. */
export function remark(code: string, message: string, hint: string | null = null): Finding {
  return { code, severity: 'info', message, hint };
}

/** Tells whether a host is the machine the client runs on. */
export function isLoopback(host: string): boolean {
  return host === '' || host === 'localhost' || host === '::1' || host.startsWith('127.');
}
