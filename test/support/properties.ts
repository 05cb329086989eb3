import fc from 'fast-check';

const seed = Number(process.env.RUNBOOK_SEED ?? 20_261_122);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });

/** fast-check with one seed for every run of the suite; `RUNBOOK_SEED` sets another. */
export { fc };
