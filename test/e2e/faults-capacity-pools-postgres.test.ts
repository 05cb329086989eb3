import { testPools } from './capacity-cases.ts';
import { capacityLab } from './capacity-faults.ts';

const lab = await capacityLab('postgres');

testPools(lab);
