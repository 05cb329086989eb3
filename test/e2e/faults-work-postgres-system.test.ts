import { vi } from 'vitest';
import { solveOn } from './work-cases.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

await solveOn('postgres-system', ['locks-ddl-queue']);
