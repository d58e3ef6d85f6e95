import type { Command as Commander } from 'commander';
import type { Command, Terminal } from './command.ts';
import { EXIT, type ExitCode } from './command-error.ts';
import { flagsOf, readOptions } from './options.ts';

/** Declares a command's options and help to commander. @returns its action, once commander has parsed the arguments */
export function declareCommand(commander: Commander, command: Command, terminal: Terminal): () => Promise<ExitCode> {
  for (const { name, value, help } of flagsOf(command.options)) {
    commander.option(value === undefined ? `--${name}` : `--${name} <${value}>`, help);
  }
  commander.addHelpText('after', moreHelp(command));
  return () => {
    const options = readOptions(command.options, commander.opts());
    return command.run({ args: commander.args, options }, terminal);
  };
}

function moreHelp({ examples, exitCodes }: Command): string {
  const codes = Object.entries({ ...exitCodes, [EXIT.usage]: 'wrong usage' });
  return [
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    'Exit codes:',
    ...codes.map(([code, meaning]) => `  ${code}  ${meaning}`),
  ].join('\n');
}
