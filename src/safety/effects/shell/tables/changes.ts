import type { Rules } from '../judging.ts';
import { change, changes, destructive, either, flagged, orLoss, unknown, verbs } from '../rule.ts';

const REMOVES = changes(destructive('cannot be taken back'));

/** Archives whose contents are listed; other flags extract, write, or run programs. */
const TAR = flagged({
  flags: '-tzjJv -f: --list --gzip --verbose --file=',
  needs: '-t --list',
  // A colon refers to a file on another host.
  values: { '-f': /^[^:]+$/, '--file': /^[^:]+$/ },
});

/** Commands that are known to change something. */
export const CHANGES: Rules = {
  'rm rmdir unlink shred wipefs truncate blkdiscard userdel groupdel deluser delgroup': REMOVES,
  'mkswap swapoff umount lvremove vgremove pvremove lvreduce vgreduce': REMOVES,
  mdadm: orLoss(
    /^--(?:zero-superblock|stop|remove|fail)|^-[Srf]/,
    flagged({
      flags: '-DQE --detail --query --examine --scan',
      needs: '-D -Q -E --detail --query --examine',
    }),
  ),
  cryptsetup: orLoss(
    /^(?:luks(?:Erase|Format|KillSlot|RemoveKey)|erase|close|remove)$/,
    verbs({ flags: '', verbs: { 'status luksDump isLuks': flagged({ flags: '' }) } }),
  ),
  'mkfs mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mke2fs mkntfs': REMOVES,
  'parted sgdisk sfdisk gdisk cfdisk': either(
    flagged({ flags: '-l', needs: '-l', most: 0 }),
    REMOVES,
  ),
  zpool: verbs({
    flags: '',
    verbs: {
      'list status iostat history': flagged({ flags: '-vHpPLx -T: -o:' }),
      get: flagged({ flags: '-Hp -o:' }),
      'destroy labelclear remove offline detach split export': REMOVES,
      'create add attach import scrub clear online replace set trim upgrade': changes(
        change('changes the pool'),
      ),
    },
  }),
  zfs: verbs({
    flags: '',
    verbs: {
      list: flagged({ flags: '-rHp -t: -o: -s: -S: -d:' }),
      get: flagged({ flags: '-rHp -o: -s: -t: -d:' }),
      'destroy rollback': REMOVES,
      'create snapshot set inherit clone promote rename mount unmount receive hold release':
        changes(change('changes the file system')),
    },
  }),
  'lvs vgs pvs lvdisplay vgdisplay pvdisplay': flagged({
    flags: '-av -o: --all --units= --noheadings --options= --reportformat=',
  }),
  rsync: (call, judging) =>
    call.words.some(({ text, prefix }) => /^--(?:del|remove-source)/.test(text ?? prefix))
      ? REMOVES(call, judging)
      : unknown('writes files in most of its forms')(call, judging),
  [`mv cp install ln link mkdir mkfifo mknod touch chmod chown chgrp chattr setfacl chcon patch rename
    scp sftp fallocate mktemp useradd usermod groupadd groupmod adduser
    addgroup chpasswd visudo modprobe insmod rmmod depmod renice fstrim sync loadkeys
    ssh-copy-id lvcreate lvextend vgcreate vgextend pvcreate resize2fs xfs_growfs`]: changes(
    change('changes something'),
  ),
  'fsck passwd chage ldconfig update-alternatives logrotate zip cpio': unknown(
    'changes something in most of its forms',
  ),
  // xz applies the last of `-t -d`, and removes the file.
  'gzip gunzip xz unxz bzip2 bunzip2 zstd unzstd': either(
    flagged({
      flags: '-cdkqvlt --stdout --to-stdout --decompress --list --test --keep',
      needs: '-c --stdout --to-stdout',
    }),
    flagged({ flags: '-kqvlt --list --test --keep', needs: '-l -t --list --test' }),
  ),
  // The first word consists of letters even without its dash.
  tar: (call, judging) => {
    const [first, ...others] = call.words;
    const isBundle = first?.text !== undefined && /^[tvzjJ]*t[tvzjJ]*f?$/.test(first.text);
    const words = isBundle ? [{ ...first, text: `-${first.text}`, prefix: `-${first.text}` }] : [];
    return TAR(isBundle ? { ...call, words: [...words, ...others] } : call, judging);
  },
  unzip: flagged({ flags: '-lvtzqpZ1', needs: '-l -v -t -z -p -Z' }),
  zipinfo: flagged({ flags: '-12stmlhvMzTCZ', takesAny: true }),
};
