import type { Rules } from '../judging.ts';
import {
  change,
  changes,
  destructive,
  either,
  flagged,
  harmless,
  unknown,
  verbs,
} from '../rule.ts';

const GIT_READ = `-n: -# -p -s -u? -b -q -a -r -v -l -L: -S: -G: -U: -M? -w -i --oneline --stat --short --porcelain?
  --branch --graph --all --decorate? --abbrev-commit --no-color --name-only --name-status --since=
  --until= --after= --before= --author= --grep= --max-count= --pretty? --format= --date= --no-merges
  --merges --first-parent --cached --staged --show-current --abbrev-ref? --show-toplevel --verify
  --git-dir --tags --always --dirty? --long --list --contains? --sort= --heads --follow --numstat
  --shortstat --no-pager --count --left-right --reverse --no-patch --raw --quiet --no-optional-locks`;

const GIT_READS = flagged({ flags: GIT_READ, changing: { '--output=': change('writes a file') } });
const REMOVES = changes(destructive('cannot be taken back'));

/** Commands that are known to change something, and git, which does both. */
export const CHANGES: Rules = {
  'rm rmdir unlink shred wipefs truncate userdel groupdel deluser delgroup': REMOVES,
  'mkswap swapoff umount lvremove vgremove pvremove': REMOVES,
  'mkfs mkfs.ext4 mkfs.xfs mke2fs': REMOVES,
  [`mv cp install ln link mkdir mkfifo mknod touch chmod chown chgrp chattr setfacl chcon patch rename
    scp sftp bzip2 bunzip2 zstd fallocate mktemp useradd usermod groupadd groupmod adduser
    addgroup chpasswd visudo modprobe insmod rmmod depmod renice fstrim sync loadkeys
    ssh-copy-id`]: changes(change('changes something')),
  [`fsck parted sgdisk cryptsetup mdadm passwd chage ldconfig update-alternatives certbot logrotate
    rsync zip unzip cpio nginx apachectl`]: unknown('changes something in most of its forms'),
  // Of `-t -d` xz does what comes last, and removes the file.
  'gzip gunzip xz unxz': either(
    flagged({
      flags: '-cdkqvlt --stdout --to-stdout --decompress --list --test --keep',
      needs: '-c --stdout --to-stdout',
    }),
    flagged({ flags: '-kqvlt --list --test --keep', needs: '-l -t --list --test' }),
  ),
  tar: flagged({ flags: '-tzjJvOf: --list --gzip --verbose --file=', needs: '-t --list' }),
  git: verbs({
    flags: '-C: --no-pager --no-optional-locks',
    verbs: {
      'status log show diff rev-parse describe shortlog rev-list ls-files blame ls-tree name-rev':
        GIT_READS,
      branch: flagged({
        flags:
          '-a -r -v -l --list --all --show-current --contains? --merged? --no-color --sort= --format=',
        changing: {
          '-d -D -m -M -f --delete --force --move': destructive('changes or removes a branch'),
        },
        most: 0,
        otherwise: change('makes a branch'),
      }),
      remote: flagged({ flags: '-v --verbose', most: 0 }),
      stash: verbs({ flags: '', verbs: { 'list show': GIT_READS } }),
      'tag config': flagged({
        flags: '-l --list --get= --global --local --show-origin',
        needs: '-l --list --get',
        most: 0,
      }),
      version: harmless,
      'clean reset checkout restore switch': changes(destructive('may throw changes away')),
      'commit add push pull fetch merge rebase cherry-pick revert rm mv init clone apply am gc worktree submodule':
        changes(change('changes the repository')),
    },
  }),
  etcdctl: verbs({
    flags: '--endpoints= --cacert= --cert= --key= -w: --write-out=',
    verbs: {
      get: flagged({ flags: '--prefix --keys-only --limit= --count-only -w: --write-out=' }),
      'endpoint member alarm': verbs({
        flags: '',
        verbs: {
          'health status hashkv list': flagged({ flags: '--cluster -w: --write-out=' }),
          'remove disarm add update': REMOVES,
        },
      }),
      'del defrag compaction': REMOVES,
      put: changes(change('changes a key')),
    },
  }),
};
