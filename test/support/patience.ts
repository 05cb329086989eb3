import { vi } from 'vitest';

/** How long a test waits for something that has to come, in milliseconds; a busy machine needs it. */
const PATIENCE_MS = 60_000;

const { waitFor } = vi;

// The second that vi.waitFor has by itself is too short for a process to start on a machine that is busy.
vi.waitFor = (callback, options = {}) => {
  const { timeout = 0, ...others } = typeof options === 'number' ? { timeout: options } : options;
  return waitFor(callback, { ...others, timeout: Math.max(timeout, PATIENCE_MS) });
};
