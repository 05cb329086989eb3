import type { Rules } from '../judging.ts';
import { change, changes, destructive, flagged, harmless, verbs } from '../rule.ts';
import { judgeService } from '../service-verbs.ts';

const STOPS = changes(destructive('takes a service down'));
const STARTS = changes(change('changes what runs'));

const UNIT_FLAGS = `-alqp: -n: -o: -t: -P: --all --full --no-pager --no-legend --plain --lines= --property=
  --type= --state= --output= --value --user --system --quiet --failed --recursive --reverse --after
  --before --with-dependencies --show-types --timestamp?`;

/** Commands that look at and steer services, and their logs. */
export const SERVICES: Rules = {
  systemctl: verbs({
    flags: UNIT_FLAGS,
    alone: harmless,
    verbs: {
      [`status is-active is-enabled is-failed is-system-running show cat list-units list-unit-files
        list-timers list-sockets list-dependencies list-jobs list-machines list-automounts get-default
        show-environment help`]: flagged({ flags: UNIT_FLAGS }),
      [`stop restart try-restart reload-or-restart try-reload-or-restart kill isolate rescue emergency
        poweroff reboot halt kexec soft-reboot suspend hibernate hybrid-sleep exit switch-root`]:
        STOPS,
      'disable mask': flagged({
        flags: `${UNIT_FLAGS} --runtime`,
        changing: { '--now': destructive('stops the service') },
        most: 0,
        otherwise: change('changes what runs'),
      }),
      [`start reload enable unmask preset daemon-reload daemon-reexec reset-failed set-property edit link
        revert set-default set-environment unset-environment import-environment cancel freeze thaw
        clean bind mount-image add-wants add-requires log-level log-target`]: STARTS,
    },
  }),
  journalctl: flagged({
    flags: `-afekmqrx -b? -c: -D: -g: -i: -M: -n? -N -F: -o: -p: -S: -t: -u: -U: -# --all --boot? --catalog --cursor=
      --after-cursor= --directory= --disk-usage --dmesg --facility= --field= --fields --file= --follow
      --full --no-full --grep= --case-sensitive? --header --identifier= --lines? --list-boots
      --list-catalog --merge --no-hostname --no-pager --no-tail --output= --output-fields=
      --pager-end --priority= --quiet --reverse --root= --show-cursor --since= --system --truncate-newline
      --unit= --until= --user --user-unit= --utc --verify`,
    changing: {
      '--vacuum-size= --vacuum-time= --vacuum-files=': destructive('deletes logs'),
      '--rotate --flush --sync --relinquish-var --smart-relinquish-var':
        change('changes the journal'),
      '--cursor-file= --update-catalog --setup-keys': change('writes a file'),
    },
  }),
  service: judgeService,
  'systemd-analyze': flagged({
    flags: '--no-pager --user --system',
    like: /^(?:time|blame|critical-chain|[\w@.-]+\.(?:service|target|socket|timer))$/,
  }),
  supervisorctl: verbs({
    flags: '-c: -s: -u: -p:',
    verbs: {
      'status avail pid tail maintail version': harmless,
      'stop restart shutdown remove signal': STOPS,
      'start update reread reload add clear fg': STARTS,
    },
  }),
  pm2: verbs({
    flags: '-s -m --no-color',
    verbs: {
      'stop restart delete del kill gracefulReload': STOPS,
      'start reload scale save startup flush reset set install': STARTS,
    },
  }),
  monit: verbs({
    flags: '',
    verbs: { 'status summary report': harmless, 'stop restart quit': STOPS },
  }),
  'shutdown reboot poweroff halt init telinit kexec': changes(destructive('takes the host down')),
};
