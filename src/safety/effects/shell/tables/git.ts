import { judgePush } from '../commands/git-push.ts';
import type { Rules } from '../judging.ts';
import { change, changes, destructive, either, flagged, shows, verbs } from '../rule.ts';

const READ_FLAGS = `-n: -# -p -s -u? -b -q -a -r -v -l -L: -S: -G: -U: -M? -w -i --oneline --stat --short --porcelain?
  --branch --graph --all --decorate? --abbrev-commit --no-color --name-only --name-status --since=
  --until= --after= --before= --author= --grep= --max-count= --pretty? --format= --date= --no-merges
  --merges --first-parent --cached --staged --show-current --abbrev-ref? --show-toplevel --verify
  --git-dir --tags --always --dirty? --long --list --contains? --sort= --heads --follow --numstat
  --shortstat --no-pager --count --left-right --reverse --no-patch --no-ext-diff --no-textconv --raw --quiet --no-optional-locks`;

const READS = flagged({ flags: READ_FLAGS, changing: { '--output=': change('writes a file') } });
const LOSES = changes(destructive('may throw changes away'));
const CHANGES = changes(change('changes the repository'));

/**
 * `git`, without flags that set a program to run. Programs in its own configuration are not
 * detected.
 */
export const GIT: Rules = {
  git: verbs({
    flags: '-C: --no-pager --no-optional-locks',
    verbs: {
      'status log show diff rev-parse describe shortlog rev-list ls-files blame ls-tree name-rev':
        READS,
      branch: either(
        // Before git 2.20, `-l NAME` makes a branch.
        flagged({ flags: '-a -r -v -l --list --sort= --format=', needs: '--list' }),
        flagged({
          flags:
            '-a -r -v -l --all --show-current --contains? --merged? --no-color --sort= --format=',
          changing: {
            '-d -D -m -M -f --delete --force --move': destructive('changes or removes a branch'),
          },
          most: 0,
          otherwise: change('makes a branch'),
        }),
      ),
      remote: verbs({
        flags: '-v --verbose',
        alone: shows,
        verbs: {
          'get-url': flagged({ flags: '--all' }),
          'remove rm prune': LOSES,
          'add rename set-url set-branches set-head update': CHANGES,
        },
      }),
      stash: verbs({
        flags: '',
        alone: CHANGES,
        verbs: { 'list show': READS, 'drop clear': LOSES, 'push pop apply save': CHANGES },
      }),
      tag: either(
        flagged({ flags: '-l -n? --list --sort= --format=', needs: '-l --list' }),
        flagged({
          flags: '',
          changing: { '-d --delete': destructive('removes a tag') },
          most: 0,
          otherwise: change('makes a tag'),
        }),
      ),
      config: flagged({
        flags: '-l --list --get= --global --local --show-origin',
        needs: '-l --list --get',
        most: 0,
      }),
      version: flagged({ flags: '--build-options', most: 0 }),
      push: judgePush,
      'clean reset checkout restore switch filter-branch filter-repo update-ref': LOSES,
      reflog: verbs({ flags: '', alone: READS, verbs: { show: READS, 'expire delete': LOSES } }),
      worktree: verbs({
        flags: '',
        verbs: { list: READS, 'remove prune': LOSES, 'add move lock unlock repair': CHANGES },
      }),
      'commit add pull fetch merge rebase cherry-pick revert rm mv init clone apply am gc submodule':
        CHANGES,
    },
  }),
};
