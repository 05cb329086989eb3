import { testOutputs } from '../../support/outputs-contract.ts';
import { STORES } from '../../support/stores.ts';

for (const store of STORES) testOutputs(store);
