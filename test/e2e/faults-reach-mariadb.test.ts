import { solveOn } from './reach-lab.ts';
import { REACH_SOLUTIONS } from './reach-solutions.ts';

await solveOn('mariadb', REACH_SOLUTIONS);
