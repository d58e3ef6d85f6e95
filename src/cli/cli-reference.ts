import type { Command, CommandEntry } from './command.ts';
import { EXIT } from './command-error.ts';
import { COMMANDS } from './commands.ts';
import { flagsOf } from './options.ts';

const WIDTH = 120;

const HEAD = `# The command line, every command

Written by \`npm run docs\` from what the commands declare; \`haldane <command> --help\` shows the same. What is common to
all, and how to come from Kayenta: [the manual](../src/cli/README.md).
`;

/** Every command with its options, examples and exit codes, as Markdown. */
export async function cliReference(): Promise<string> {
  const sections = await Promise.all(COMMANDS.map(async (entry) => section(entry, await entry.load())));
  return [HEAD, ...sections].join('\n');
}

function section({ usage, summary }: CommandEntry, { options, examples, exitCodes }: Command): string {
  const flags = flagsOf(options).map(({ name, value, help }) => {
    const text = value === undefined ? `--${name}` : `--${name} <${value}>`;
    return wrapped(`- \`${text}\`: ${help}`, '  ');
  });
  const codes = Object.entries({ ...exitCodes, [EXIT.usage]: 'wrong usage' });
  return [
    `## haldane ${usage}`,
    `${summary}.`,
    ['```sh', ...examples, '```'].join('\n'),
    ...(flags.length === 0 ? [] : [flags.join('\n')]),
    wrapped(`Exit codes: ${codes.map(([code, meaning]) => `${code} ${meaning}`).join('; ')}.`),
  ]
    .join('\n\n')
    .concat('\n');
}

/** In lines of at most 120 characters; those after the first begin with the indent. */
export function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : indent + word);
  }
  return lines.join('\n');
}
