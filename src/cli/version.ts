import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { buildOfCheckout } from './build.ts';

/** The commit that the bundler wrote here; missing where the sources are run themselves. */
declare const RUNBOOK_BUILD: string | undefined;

const BUILD =
  typeof RUNBOOK_BUILD === 'string'
    ? RUNBOOK_BUILD
    : buildOfCheckout(fileURLToPath(new URL('../../', import.meta.url)));

/** The version of this program. */
export const VERSION: string = manifest.version;

/** The version and the build, e.g. `0.1.0 (12f3c40b, 2026-11-24)`. */
export const VERSION_AND_BUILD = `${VERSION} (${BUILD})`;

/** Name, version and build, as runs record them. */
export const PROGRAM = `runbook ${VERSION_AND_BUILD}`;
