import { environmentError } from '#errors.ts';
import { ALERT, type DemoControlPlane, SOURCE } from './control-plane.ts';

/** Sends the alert of the demo as Alertmanager does; resolves with the run that it starts. */
export async function sendAlert(
  url: string,
  { alertSecret }: DemoControlPlane,
  idleFor: string,
): Promise<string> {
  const labels = {
    ...{ alertname: ALERT, instance: 'shop-db', severity: 'critical' },
    idle_for: idleFor,
  };
  const alert = {
    ...{ status: 'firing', labels, annotations: {}, fingerprint: 'c0ffee0ddba11' },
    ...{ startsAt: new Date().toISOString(), endsAt: '0001-01-01T00:00:00Z' },
  };
  const reply = await fetch(`${url}/hooks/${SOURCE}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alertSecret}` },
    body: JSON.stringify({
      ...{ version: '4', status: 'firing', receiver: 'runbook', groupLabels: {} },
      alerts: [alert],
    }),
  });
  const { alerts = [] } = (await reply.json()) as { alerts?: readonly { run?: string }[] };
  const run = alerts[0]?.run;
  if (run === undefined) throw environmentError(`the alert started no run (${reply.status})`);
  return run;
}
