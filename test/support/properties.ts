import fc from 'fast-check';

const seed = Number(process.env.RUNBOOK_SEED ?? 20_261_122);
const factor = Number(process.env.RUNBOOK_DRAWS ?? 1);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });

/** fast-check with one seed for every run of the suite; `RUNBOOK_SEED` sets another. */
export { fc };

/** Returns how often a property is tried: so often in every run, and `RUNBOOK_DRAWS` times that by night. */
export function draws(count: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(count * factor) };
}
