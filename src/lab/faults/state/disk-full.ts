import { POSTGRES_SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { missingSmallDisk, mountSmallDisk } from '../../setup/small-disk.ts';
import { madeFault } from '../made-fault.ts';
import { askAnew, endByForce, openBystanders, startWork, untilAsleep } from '../sessions.ts';
import { postgresOf } from './fault.ts';

const DISK_MB = 24;
/** More than the disk has left beside the report, and less than it has without it. */
const WRITE = 'INSERT INTO receipt SELECT repeat(md5(n::text), 30) FROM generate_series(1, 2000) n';
/** A sort of 16 MB, which does not fit into work_mem, of which somebody reads a row now and then. */
const REPORT = `SELECT pg_sleep(1), line FROM (
  SELECT repeat('x', 1000) || n AS line FROM generate_series(1, 16000) n ORDER BY random() OFFSET 0) AS lines`;

/** The temporary files of a report fill the file system that the shop writes to. */
const TEMPORARY_FILES: FaultKind = {
  name: 'disk-full-report',
  title: 'The temporary files of a report fill the disk',
  engines: POSTGRES_SERVERS,
  missing: missingSmallDisk,
  async make(any) {
    const lab = postgresOf(any);
    const { user } = lab.server.cluster;
    const bystanders = await openBystanders(lab);
    const disk = await mountSmallDisk(lab.keeper, { megabytes: DISK_MB, user });
    await lab.admin(
      `CREATE TABLESPACE small LOCATION '${disk.folder}'`,
      'CREATE TABLE receipt (body text) TABLESPACE small',
      'GRANT INSERT ON receipt TO shop',
      'GRANT CREATE ON TABLESPACE small TO shop',
    );
    const report = await startWork(lab, 'shop-report', ['SET temp_tablespaces = small', REPORT]);
    await untilAsleep(lab, report);
    await disk.fill();
    return madeFault(lab, {
      ...{ layer: 'database', runbook: 'disk-full', bystanders },
      inputs: { admin_url: lab.urls.oncall },
      describe: `A report of shop-report has sorted 16 MB on a disk of ${DISK_MB} MB, which is full now; the shop writes its receipts there.`,
      complaint: `error: ${await askAnew(lab, [WRITE])}`,
      async check() {
        const write = await askAnew(lab, [WRITE]);
        return { gone: write === 'works', facts: { write, report: report.outcome() } };
      },
      async undo() {
        await endByForce(lab, [report]);
        await lab.admin('DROP TABLE receipt', 'DROP TABLESPACE small');
        await disk.remove();
      },
    });
  },
};

/** Faults of a server whose disk is full. */
export const DISK_FAULTS = [TEMPORARY_FILES];
