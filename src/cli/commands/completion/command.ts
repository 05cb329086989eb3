import { EXIT } from '#errors.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { completion as spec } from '../../specs/setup.ts';

/** `runbook completion`: prints the completion script of a shell. */
export function completion({ argument }: CommandLine<typeof spec>): number {
  process.stdout.write(COMPLETION_SCRIPTS[argument]);
  return EXIT.ok;
}

const ASK = 'runbook __complete --';

/** The completion script of each shell, which asks `runbook` for candidates. */
const COMPLETION_SCRIPTS = {
  bash: `# runbook completion for bash: eval "$(runbook completion bash)"
_runbook() {
  local line="\${COMP_LINE:0:COMP_POINT}" cur="\${COMP_WORDS[COMP_CWORD]}" typed prefix value
  local -a words
  read -r -a words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  typed="\${words[\${#words[@]}-1]}"
  # Bash replaces only the part of the word after the last = or :.
  [[ $cur == [=:] ]] && cur=''
  prefix="\${typed%"$cur"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    case $value in
      :files) compopt -o default; return ;;
      :folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
      *=) compopt -o nospace ;;
    esac
    COMPREPLY+=("\${value#"$prefix"}")
  done < <(${ASK} "\${words[@]:1}" 2>/dev/null)
}
complete -F _runbook runbook
`,
  zsh: `#compdef runbook
# runbook completion for zsh: source <(runbook completion zsh), after compinit
_runbook() {
  local line value about
  local -a plain shown open
  while IFS=$'\\t' read -r value about; do
    case $value in
      :files) _files; return ;;
      :folders) _files -/; return ;;
      *=) open+=("$value") ;;
      *) plain+=("$value"); shown+=("$value\${about:+  -- $about}") ;;
    esac
  done < <(${ASK} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#open} )) && compadd -S '' -- "\${open[@]}"
  (( \${#plain} )) && compadd -l -d shown -- "\${plain[@]}"
}
if [[ $funcstack[1] == _runbook ]]; then _runbook "$@"; else compdef _runbook runbook; fi
`,
  fish: `# runbook completion for fish: runbook completion fish | source
function __runbook_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (${ASK} $words[2..] 2>/dev/null)
  switch "$found[1]"
    case ':files'
      __fish_complete_path (commandline -ct)
    case ':folders'
      __fish_complete_directories (commandline -ct)
    case '*'
      string join \\n -- $found
  end
end
complete -c runbook -f -a '(__runbook_complete)'
`,
} as const;
