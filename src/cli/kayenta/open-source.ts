import { createHttpClient } from '../client/http-client.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { isWebAddress, readAddress } from '../options.ts';
import { readKayentaFolder } from './kayenta-folder.ts';
import { readKayentaService } from './kayenta-service.ts';
import type { KayentaSource } from './kayenta-source.ts';

/** Meant as an address, and no folder anyone has. */
const HOST_AND_PORT = /^[\w.-]+:\d+(\/|$)/;

/** A running Kayenta, or a copy of its bucket. @throws CommandError usage, unreachable */
export function openSource(argument: string, account: string | undefined, timeoutMillis: number): KayentaSource {
  if (isWebAddress(argument) || HOST_AND_PORT.test(argument)) {
    const client = createHttpClient({ baseUrl: readAddress(argument), name: 'Kayenta', timeoutMillis });
    return readKayentaService(client, account);
  }
  if (account === undefined) return readKayentaFolder(argument);
  throw new CommandError(EXIT.usage, `--account: '${argument}' is a folder, which has no accounts`);
}
