import type { Rules } from '../judging.ts';
import { orLoss } from '../rule.ts';

/** Commands of which only the destructive words are known; otherwise they may do anything. */
export const LOSSES: Rules = {
  'virsh lxc qm pct vagrant multipass': orLoss(
    /^(?:destroy|undefine|delete|stop|shutdown|reboot|reset|halt|(?:vol|snapshot|pool|net)-(?:delete|destroy|undefine))$/,
  ),
  'pulumi cdk sls serverless flyctl fly heroku doctl linode-cli hcloud eksctl argocd flux velero nomad gh oci ibmcloud':
    orLoss(
      /^(?:destroy|delete|down|remove|purge|stop|terminate|bulk-delete|[\w-]+:(?:destroy|reset|delete|remove|stop))$/,
    ),
  'ceph rbd gluster drbdadm': orLoss(
    /^(?:purge|rm|remove|delete|out|down|destroy|zap|trash|detach|wipe-md|reset|rmfailed)$/,
  ),
  'restic borg rclone s3cmd mc wal-g barman': orLoss(
    /^(?:forget|prune|delete|del|purge|deletefile|sync|rm|rb|--prune|--remove-source-files)$/,
  ),
  'clickhouse-client cqlsh sqlite3 influx': orLoss(
    /\b(?:drop|truncate|delete|alter\s+table\s+\S+\s+(?:drop|delete))\b/i,
  ),
  'mongorestore pg_restore': orLoss(/^(?:--drop|--clean|-c)$/),
  'nmcli rc-service sv initctl launchctl': orLoss(
    /^(?:delete|down|off|stop|restart|unload|bootout|kill|shutdown)$/,
  ),
  'dmsetup losetup nvme tune2fs badblocks': orLoss(
    /^(?:remove|remove_all|wipe_table|-d|-D|format|sanitize|--format|-w|-O)$/,
  ),
  'postsuper exim exim4 varnishadm fail2ban-client': orLoss(
    /^(?:-d|-Mrm|-Mg|ban|ban\.url|stop|unban)$/,
  ),
  'tmux screen': orLoss(/^(?:kill-(?:server|session|window|pane)|quit|kill)$/),
  'crm pcs': orLoss(/^(?:delete|destroy|stop|standby|cleanup|fence|kill|disable)$/),
  'ctr zkCli.sh zkcli': orLoss(/^(?:rm|delete|deleteall|rmr|kill|remove)$/),
};
