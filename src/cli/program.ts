import { type Argument, Command, CommanderError, Help } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { CommandEntry, Terminal } from './command.ts';
import { CommandError, EXIT, type ExitCode } from './command-error.ts';
import { COMMANDS, commandName } from './commands.ts';

/** The progress and result of commander's parsing. */
interface Progress {
  /** the longest known prefix of the arguments */
  command: Command;
  exitCode: ExitCode;
}

/** Finds the command, parses its options and runs it. @throws CommandError usage, with the correct form */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const program = createProgram(terminal);
  const progress: Progress = { command: program, exitCode: EXIT.ok };
  for (const entry of COMMANDS) addCommand(program, { entry, progress, terminal });
  try {
    await program.parseAsync(args, { from: 'user' });
    return progress.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    throw usageProblem(error, progress.command) ?? error;
  }
}

/** With the help that shows what is right; undefined when the error is another one. */
function usageProblem(error: unknown, command: Command): CommandError | undefined {
  const isOurs = error instanceof CommandError && error.exitCode === EXIT.usage;
  if (!isOurs && !(error instanceof CommanderError)) return undefined;
  const message = isOurs ? error.message : problemOf(error as CommanderError, command);
  const help = ['haldane', nameOf(command), '--help'].filter((word) => word !== '').join(' ');
  return new CommandError(EXIT.usage, `${message} (${help})`, error);
}

function createProgram({ stdout }: Terminal): Command {
  return new Command('haldane')
    .version(packageJson.version, '--version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => stdout.columns ?? 120,
    })
    .configureHelp({
      formatHelp: (command, helper) =>
        command.commands.length > 0 ? generalHelp(command) : Help.prototype.formatHelp.call(helper, command, helper),
    });
}

interface Added {
  readonly entry: CommandEntry;
  readonly progress: Progress;
  readonly terminal: Terminal;
}

/** Adds a command to the tree. Its module is loaded at its last word, before its options are parsed. */
function addCommand(program: Command, { entry, progress, terminal }: Added): void {
  const name = commandName(entry);
  const words = name.split(' ');
  const last = words.pop();
  const group = words.reduce(
    (parent, word) => parent.commands.find((child) => child.name() === word) ?? parent.command(word),
    program,
  );
  const leaf = group.command(`${last}${entry.usage.slice(name.length)}`).description(`${entry.summary}.`);
  group.hook('preSubcommand', async (_, command) => {
    progress.command = command;
    if (command !== leaf) return;
    const [{ declareCommand }, value] = await Promise.all([import('./declare-command.ts'), entry.load()]);
    const run = declareCommand(leaf, value, terminal);
    leaf.action(async () => {
      progress.exitCode = await run();
    });
  });
}

const DID_YOU_MEAN = /\n\(Did you mean (.+)\?\)/;

/** The error and the correct form. Commander quotes the offending word. */
function problemOf({ code, message }: CommanderError, command: Command): string {
  const name = nameOf(command);
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  const [, similar] = DID_YOU_MEAN.exec(message) ?? [];
  const hint = similar === undefined ? '' : ` (did you mean ${similar}?)`;
  switch (code) {
    case 'commander.help':
      return `${name === '' ? 'say what to do' : `'${name}' is not known`}; known: ${commandsBelow(name)}`;
    case 'commander.unknownCommand':
      return `'${`${name} ${quoted}`.trim()}' is not known${hint}; known: ${commandsBelow(name)}`;
    case 'commander.unknownOption':
      return `${quoted} is not an option of '${name}'${hint}; ${optionsOf(command)}`;
    case 'commander.missingArgument':
      return `'${name}' needs ${argumentsOf(command, ({ required }) => required)}`;
    case 'commander.excessArguments':
      return tooMuch(command);
    default:
      return message.replace(/^error: /, '');
  }
}

function tooMuch(command: Command): string {
  const { args, registeredArguments } = command;
  const known = registeredArguments.length;
  const takes = known === 0 ? 'only options' : `${known === 1 ? 'one ' : ''}${argumentsOf(command)}`;
  return `'${nameOf(command)}' takes ${takes}; too much: ${args.slice(known).join(' ')}`;
}

function argumentsOf({ registeredArguments }: Command, wanted: (argument: Argument) => boolean = () => true): string {
  return registeredArguments
    .filter(wanted)
    .map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`))
    .join(' ');
}

/** Its words, without `haldane`. */
function nameOf(command: Command): string {
  return command.parent === null ? '' : `${nameOf(command.parent)} ${command.name()}`.trim();
}

function commandsBelow(group: string): string {
  return below(group).map(commandName).join(', ');
}

function below(group: string): CommandEntry[] {
  return COMMANDS.filter(({ usage }) => `${usage} `.startsWith(group === '' ? '' : `${group} `));
}

function optionsOf({ options }: Command): string {
  return options.length === 0 ? 'it has none' : `known: ${options.map(({ long }) => long).join(', ')}`;
}

/** The commands of a group, or all. */
function generalHelp(group: Command): string {
  const lines = below(nameOf(group)).map(({ usage, summary }) => `  haldane ${usage.padEnd(26)} ${summary}`);
  return ['haldane: is the new version safe to go on?', '', ...lines, '', HINT].join('\n');
}

const HINT = '  haldane <command> --help          the options of a command\n  haldane --version\n';
