import { vi } from 'vitest';
import { testPools } from './capacity-cases.ts';
import { capacityLab } from './capacity-faults.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const lab = await capacityLab('postgres');

testPools(lab);
