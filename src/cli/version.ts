import manifest from '../../package.json' with { type: 'json' };

/** The version of this program. */
export const VERSION: string = manifest.version;

/** Name and version, as runs record them. */
export const PROGRAM = `runbook ${VERSION}`;
