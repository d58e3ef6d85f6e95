import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { completions } from '../completions.ts';
import { unknownWord } from '../options.ts';

/**
 * The script for each shell. It calls `haldane completion <shell> -- <words>` at every TAB; when that offers nothing,
 * the shell offers files.
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_haldane() {
  local IFS=$'\\n'
  COMPREPLY=($(haldane completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _haldane haldane
`,
  zsh: `#compdef haldane
_haldane() {
  local -a offered
  offered=("\${(@f)$(haldane completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null | tr '\\t' ':')}")
  if [[ -n $offered ]]; then _describe haldane offered; else _files; fi
}
if [[ $funcstack[1] == _haldane ]]; then _haldane "$@"; else compdef _haldane haldane; fi
`,
  fish: `function __haldane
  set -l offered (haldane completion fish -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
  if count $offered >/dev/null
    printf '%s\\n' $offered
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c haldane -f -a '(__haldane)'
`,
};

/** `haldane completion`: the script that lets a shell complete commands and options. */
export const completion = defineCommand({
  options: z.object({}),
  examples: [
    'source <(haldane completion bash)',
    'haldane completion zsh > "${fpath[1]}/_haldane"',
    'haldane completion fish > ~/.config/fish/completions/haldane.fish',
  ],
  exitCodes: { [EXIT.ok]: 'the script was printed' },
  async run({ args: [shell = '', ...words] }, { stdout }) {
    const script = SCRIPTS[shell];
    if (script === undefined) {
      throw new CommandError(EXIT.usage, unknownWord(shell, Object.keys(SCRIPTS)));
    }
    const offered = (await completions(words)).map(({ word, help }) => `${word}\t${help}\n`);
    stdout.write(words.length === 0 ? script : offered.join(''));
    return EXIT.ok;
  },
});
