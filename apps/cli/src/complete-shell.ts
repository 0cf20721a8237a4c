import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import { examples } from './command.ts'

/** Adds `completion <shell>`, which prints the script of a shell, and the hidden `complete`, which that script calls. */
export function completeShell(program: Command): void {
  tab(program, { completionCommandName: 'completion' })
  const completion = program.commands.find((one) => one.name() === 'completion')
  if (completion === undefined) throw new Error('@bomb.sh/tab added no command named completion')
  completion.description('print a script that completes commands and options in your shell')
  examples(
    completion,
    'completion bash > ~/.local/share/bash-completion/completions/zapfleet',
    'completion zsh > ~/.zfunc/_zapfleet',
    'completion fish > ~/.config/fish/completions/zapfleet.fish',
  )
}
