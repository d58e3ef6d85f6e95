import { z } from 'zod';

const name = z.string().optional();

/** Account parameters as the routes of Kayenta call them. */
export const StorageAccount = z.object({
  storageAccountName: name.describe('a name of the store; absent: the default'),
});
export const ConfigurationAccount = z.object({
  configurationAccountName: name.describe('a name of the store of configs; absent: the default'),
});
export const ObjectAccount = z.object({ accountName: name.describe('a name of the store; absent: the default') });
export const MetricsAccount = z.object({
  metricsAccountName: name.describe('which metrics store to ask; absent: the first'),
});
