import { judgeNginx, judgeService } from '../commands/service-verbs.ts';
import type { Rules } from '../judging.ts';
import { change, changes, destructive, either, flagged, shows, verbs } from '../rule.ts';

const STOPS = changes(destructive('takes a service down'));
const STARTS = changes(change('changes what runs'));

const UNIT_FLAGS = `-alqp: -n: -o: -t: -P: --all --full --no-pager --no-legend --plain --lines= --property=
  --type= --state= --output= --value --user --system --quiet --failed --recursive --reverse --after
  --before --with-dependencies --show-types --timestamp?`;

/** Commands that inspect and control services and their logs. */
export const SERVICES: Rules = {
  systemctl: verbs({
    flags: UNIT_FLAGS,
    alone: shows,
    verbs: {
      [`status is-active is-enabled is-failed is-system-running show cat list-units list-unit-files
        list-timers list-sockets list-dependencies list-jobs list-machines list-automounts get-default
        show-environment`]: flagged({ flags: UNIT_FLAGS }),
      [`stop restart try-restart reload-or-restart try-reload-or-restart kill isolate rescue emergency
        poweroff reboot halt kexec soft-reboot suspend hibernate hybrid-sleep exit switch-root mask`]:
        STOPS,
      disable: flagged({
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
    // A custom configuration can load code.
    flags: '',
    verbs: {
      'status avail pid tail maintail version': flagged({ flags: '-# -f' }),
      'stop restart shutdown remove signal': STOPS,
      'start update reread reload add clear fg': STARTS,
    },
  }),
  pm2: verbs({
    flags: '-s -m --no-color --silent --mini-list',
    verbs: {
      'list ls l status ps jlist prettylist show describe info desc id pid env logs log': flagged({
        flags: '--lines= --raw --err --out --nostream --timestamp? --json --no-color -s -m --sort=',
      }),
      'stop restart delete del kill gracefulReload reload': STOPS,
      'start scale save startup flush reset set install reloadLogs resurrect': STARTS,
    },
  }),
  monit: verbs({
    flags: '',
    verbs: {
      // `-l` writes a log, and `-c` names another configuration.
      'status summary report': flagged({ flags: '-Bv -g:', like: /^[\w.:-]+$/ }),
      'stop restart quit': STOPS,
    },
  }),
  // A custom configuration can load modules.
  nginx: judgeNginx,
  'apachectl apache2ctl httpd apache2': either(
    flagged({ flags: '-StvVlLM', needs: '-S -t -v -V -l -L -M', most: 0 }),
    verbs({
      flags: '',
      verbs: {
        configtest: flagged({ flags: '', most: 0 }),
        'stop restart graceful graceful-stop': STOPS,
        start: STARTS,
      },
    }),
  ),
  haproxy: either(
    flagged({ flags: '-v', most: 0, needs: '-v' }),
    flagged({
      flags: '-cqV -f:',
      needs: '-c',
      most: 0,
      // A configuration can load Lua, so only the host's own is accepted.
      values: { '-f': /^\/etc\/haproxy\/[\w.-]+$/ },
    }),
  ),
  certbot: verbs({
    flags: '',
    verbs: {
      certificates: flagged({ flags: '-d: --cert-name= --domain=', most: 0 }),
      'revoke delete': changes(destructive('removes certificates')),
      'renew certonly run install': changes(change('changes certificates')),
    },
  }),
  mailq: flagged({ flags: '', most: 0 }),
  postqueue: flagged({ flags: '-pjv', needs: '-p -j', most: 0 }),
  'shutdown reboot poweroff halt init telinit kexec': changes(destructive('takes the host down')),
};
