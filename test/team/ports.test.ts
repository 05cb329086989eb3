import { testBoard } from '../support/board-contract.ts';
import { controlPlane, teamStorage } from '../support/control-plane.ts';
import { testJournal } from '../support/journal-contract.ts';
import { testOutputs } from '../support/outputs-contract.ts';

const plane = controlPlane();

testJournal(['rows of PostgreSQL', () => teamStorage(plane)]);
testBoard(['rows of PostgreSQL', () => teamStorage(plane)]);
testOutputs(['parts in PostgreSQL', () => teamStorage(plane)]);
