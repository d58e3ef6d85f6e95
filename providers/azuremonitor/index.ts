import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { checkGrid } from '../shared/series/grid.ts';
import { AzureMonitorAccount } from './account.ts';
import { check, getMetadata, queryMetrics } from './ask.ts';
import { AzureMonitorQuery, buildQuery } from './query.ts';

/** The metrics of Azure resources, and custom metrics in Azure Monitor. */
export const azuremonitor = defineProvider({
  type: 'azuremonitor',
  Query: AzureMonitorQuery,
  Account: AzureMonitorAccount,
  buildQuery,
  checkScope: checkGrid,
  queryMetrics,
  getMetadata,
  searchedFields: ['name', 'displayName'],
  check,
  describeAccount: (account) =>
    describeHttpAccount(account, { cloud: account.cloud, tenantId: account.tenantId, clientId: account.clientId }),
});
