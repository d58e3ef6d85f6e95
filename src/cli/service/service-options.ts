import { z } from 'zod';
import { BaseUrl, words } from '../options.ts';

export const DEFAULT_URL = 'http://127.0.0.1:8090';

/** Options of every command that asks a service, or is one itself for as long as it runs. */
export const ServiceOptions = z.object({
  url: BaseUrl.optional().meta({
    value: 'url',
    description: `the Haldane to ask (default: HALDANE_URL, else ${DEFAULT_URL}); HALDANE_TOKEN is sent as its token`,
  }),
  local: z
    .boolean()
    .default(false)
    .describe('ask no service: be one for this command, with the accounts of haldane.yml, without a port'),
});
export type ServiceOptions = z.output<typeof ServiceOptions>;

/** Where `--local` keeps runs, of commands that start some. */
export const DataDir = words('a folder').optional().meta({
  value: 'folder',
  description: 'with --local, where runs are kept, so that an interrupted one goes on (default: nowhere)',
});
