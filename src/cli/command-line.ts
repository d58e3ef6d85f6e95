import { parseArgs } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { messageOf } from '../errors.ts';
import type { Command, CommandCall, Terminal } from './command.ts';
import { CommandError, EXIT, type ExitCode } from './command-error.ts';
import { diffKayenta } from './commands/diff-kayenta.ts';
import { importKayenta } from './commands/import-kayenta.ts';
import { storeCopy } from './commands/store-copy.ts';
import { printable } from './terminal/text-table.ts';

const COMMANDS: readonly Command[] = [importKayenta, diffKayenta, storeCopy];

/** Runs `haldane <args>`. @returns the exit code */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.stderr.write(`haldane: ${printable(error.message)}\n`);
    return error.exitCode;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const name = args.slice(0, 2).join(' ');
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (args.includes('--help') || args.includes('-h')) {
    terminal.stdout.write(command === undefined ? generalHelp() : commandHelp(command));
    return EXIT.ok;
  }
  if (args[0] === '--version') {
    terminal.stdout.write(`${packageJson.version}\n`);
    return EXIT.ok;
  }
  if (command === undefined) {
    const known = COMMANDS.map((candidate) => candidate.name).join(', ');
    throw usage(name === '' ? `say what to do; known: ${known}` : `'${name}' is not known; known: ${known}`);
  }
  return command.run(parseCall(command, args.slice(2)), terminal);
}

function parseCall(command: Command, args: readonly string[]): CommandCall {
  const { values, positionals } = parseOptions(command, args);
  const [argument, ...more] = positionals;
  if (command.argument === undefined) {
    if (argument !== undefined) throw usage(`'${command.name}' takes only options; too much: ${positionals.join(' ')}`);
    return { argument: '', values };
  }
  if (argument === undefined) throw usage(`'${command.name}' needs ${command.argument}`);
  if (more.length > 0) throw usage(`'${command.name}' takes one ${command.argument}; too much: ${more.join(' ')}`);
  return { argument, values };
}

function parseOptions(command: Command, args: readonly string[]) {
  const options = Object.fromEntries(Object.entries(command.options).map(([name, { type }]) => [name, { type }]));
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const [, name = ''] = /'(-[^' ]*)/.exec(messageOf(error)) ?? [];
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw usage(messageOf(error));
    const known = Object.keys(command.options).map((option) => `--${option}`);
    throw usage(`${name} is not an option of '${command.name}'; known: ${known.join(', ')}`);
  }
}

function usage(problem: string): CommandError {
  return new CommandError(EXIT.usage, `${problem} (haldane --help)`);
}

function generalHelp(): string {
  const lines = COMMANDS.map(
    ({ name, argument = '', summary }) => `  haldane ${`${name} ${argument}`.padEnd(26)} ${summary}`,
  );
  return ['haldane: is the new version safe to go on?', '', ...lines, '', HINT].join('\n');
}

const HINT = '  haldane <command> --help          the options of a command\n  haldane --version\n';

function commandHelp({ name, argument = '', summary, options, exitCodes }: Command): string {
  const lines = Object.entries(options).map(([option, { value, help }]) => {
    return `  ${`--${option}${value === undefined ? '' : ` <${value}>`}`.padEnd(26)} ${help}`;
  });
  const codes = [...exitCodes, 'the command was written wrongly', 'the other side cannot be reached'];
  return [
    `haldane ${`${name} ${argument}`.trim()} [options]`,
    '',
    `${summary}.`,
    '',
    ...lines,
    '',
    'Exit codes:',
    ...codes.map((meaning, code) => `  ${code}  ${meaning}`),
    '',
  ].join('\n');
}
