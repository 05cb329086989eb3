import { solveOn } from './reach-lab.ts';
import { REACH_SOLUTIONS } from './reach-solutions.ts';

for (const engine of ['postgres', 'mariadb'] as const) await solveOn(engine, REACH_SOLUTIONS);
