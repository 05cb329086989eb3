import { describeTriage } from './triage-fault.ts';

await describeTriage('mariadb');
