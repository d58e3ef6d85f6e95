import { readFileSync } from 'node:fs';
import { messageOf } from '../../errors.ts';
import type { Terminal } from '../command.ts';
import { CommandError, EXIT, type ExitCode } from '../command-error.ts';
import { printReport } from '../terminal/print-report.ts';
import { textTable } from '../terminal/text-table.ts';
import { readKayentaYml } from './read-configuration.ts';
import { type WrittenConfiguration, writeConfiguration } from './write-configuration.ts';

/** Writes Haldane's configuration for a kayenta.yml to standard output, and what to look at to standard error. */
export function importConfiguration(file: string, json: boolean, terminal: Terminal): ExitCode {
  const written = writeConfiguration(readKayentaYml(readText(file), file));
  printReport({ json, value: written, text: written.text }, terminal);
  if (!json) terminal.stderr.write(reportText(file, written));
  const isWhole = written.accounts.length > 0 && !written.notTaken.some(({ asks }) => asks);
  return isWhole ? EXIT.ok : EXIT.findings;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(EXIT.unreachable, `--config: ${messageOf(error)}`, error);
  }
}

function reportText(file: string, { accounts, variables, notTaken }: WrittenConfiguration): string {
  const rows = notTaken.map(({ path, why, asks }) => [asks ? '!' : '', path, why]);
  return [
    accounts.length === 0
      ? `No metrics account of ${file} could be taken.\n`
      : `${accounts.length === 1 ? '1 metrics account' : `${accounts.length} metrics accounts`}: ${accounts.join(', ')}\n`,
    ...(rows.length === 0 ? [] : [textTable(['', 'NOT TAKEN', 'WHY'], rows)]),
    ...(variables.length === 0
      ? []
      : [
          textTable(
            ['SET THE VARIABLE', 'IT HOLDS'],
            variables.map(({ name, holds }) => [name, holds]),
          ),
        ]),
  ].join('\n');
}
