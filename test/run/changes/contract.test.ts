import { testBoard } from '../../support/board-contract.ts';
import { STORES } from '../../support/stores.ts';

for (const store of STORES) testBoard(store);
