import type { Command as Commander } from 'commander';
import type { Command, Terminal } from './command.ts';
import { EXIT, type ExitCode } from './command-error.ts';
import { type Flag, flagsOf, readOptions } from './options.ts';

/** Declares a command's options and help to commander. @returns its action, once commander has parsed the arguments */
export function declareCommand(commander: Commander, command: Command, terminal: Terminal): () => Promise<ExitCode> {
  for (const flag of flagsOf(command.options)) declareOption(commander, flag);
  commander.addHelpText('after', moreHelp(command));
  return () => {
    const options = readOptions(command.options, commander.opts());
    return command.run({ args: commander.args, options }, terminal);
  };
}

function declareOption(commander: Commander, { name, value, repeated, help }: Flag): void {
  const option = commander.createOption(value === undefined ? `--${name}` : `--${name} <${value}>`, help);
  // To commander `--no-data-is` would be the opposite of `--data-is`.
  option.negate = false;
  if (repeated) option.argParser<string[]>((one, all = []) => [...all, one]);
  commander.addOption(option);
}

function moreHelp({ examples, exitCodes }: Command): string {
  const codes = Object.entries({ ...exitCodes, [EXIT.usage]: 'wrong usage' });
  return [
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    'Exit codes:',
    ...codes.map(([code, meaning]) => `  ${code.padEnd(2)}  ${meaning}`),
  ].join('\n');
}
