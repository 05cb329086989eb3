import { solveOn } from './work-cases.ts';

await solveOn('postgres-system', ['locks-ddl-queue']);
