import { testJournal } from '../../support/journal-contract.ts';
import { STORES } from '../../support/stores.ts';

for (const store of STORES) testJournal(store);
