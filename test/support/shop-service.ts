import { createJudges } from '../../judges/index.ts';
import { providers } from '../../providers/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import { createTestService } from './http/test-service.ts';
import { type ShopStandIn, startShopStandIn } from './servers/shop-stand-in.ts';

/** A config that the stand-in for a shop can answer: `v2` has a higher latency, `empty` no data. */
export const SHOP_CONFIG = {
  name: 'checkout',
  applications: ['shop'],
  judge: { name: 'HaldaneJudge-v1.0', judgeConfigurations: {} },
  metrics: ['latency', 'errors'].map((name) => ({
    name,
    groups: [name],
    scopeName: 'default',
    query: { type: 'prometheus', customInlineTemplate: `PromQL:${name}{version="\${scope}"}` },
    analysisConfigurations: { canary: { direction: 'increase' } },
  })),
  classifier: { groupWeights: { latency: 50, errors: 50 } },
};

export interface ShopService {
  readonly baseUrl: string;
  readonly shop: ShopStandIn;
  stop(): Promise<void>;
}

/** A Haldane that listens on loopback and asks a stand-in for a shop. */
export async function startShopService(): Promise<ShopService> {
  const shop = await startShopStandIn();
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: shop.baseUrl } };
  const metricsStores = [prometheus.Account.parse(account)];
  const service = await createTestService({ providers, judges: createJudges({}), metricsStores });
  const baseUrl = await service.http.listen({ host: '127.0.0.1', port: 0 });
  return {
    baseUrl,
    shop,
    async stop() {
      await service.close();
      await shop.stop();
    },
  };
}
