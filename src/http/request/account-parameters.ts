import { z } from 'zod';

const name = z.string().optional();

/** Account parameters under Kayenta's names. */
export const StorageAccount = z.object({
  storageAccountName: name.describe('a name of the store; default: the first'),
});
export const ConfigurationAccount = z.object({
  configurationAccountName: name.describe('a name of the config store; default: the first'),
});
export const ObjectAccount = z.object({ accountName: name.describe('a name of the store; default: the first') });
export const MetricsAccount = z.object({
  metricsAccountName: name.describe('the metrics store; default: the first'),
});
