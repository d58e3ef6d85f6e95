import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config/config.ts';

export interface LogOutput extends DestinationStream {
  readonly isTTY?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** JSON lines, or on a terminal lines for people, whose library is loaded only then. */
export async function createLog(
  { level, format }: Config['log'],
  { NO_COLOR }: Environment,
  output: LogOutput = process.stdout,
): Promise<Logger> {
  const isTerminal = output.isTTY === true;
  const options = { level, base: null };
  if (format === 'json' || (format === 'auto' && !isTerminal)) {
    return output === process.stdout ? pino(options) : pino(options, output);
  }
  const { default: pretty } = await import('pino-pretty');
  const look = { colorize: isTerminal && !NO_COLOR, translateTime: 'SYS:HH:MM:ss.l', singleLine: true } as const;
  return pino(options, pretty({ ...look, destination: output as NodeJS.WritableStream }));
}
