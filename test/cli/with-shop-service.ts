import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { stringify } from 'yaml';
import { SHOP_CONFIG, type ShopService, startShopService } from '../support/shop-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Commands of this test file ask a service with the shop's metrics. @returns a file with the shop's config */
export function withShopService(): { readonly file: string } {
  let service: ShopService;
  const file = join(temporaryDirectory(), 'checkout.yml');
  beforeAll(async () => {
    service = await startShopService();
    writeFileSync(file, stringify(SHOP_CONFIG));
  });
  afterAll(() => service.stop());
  beforeEach(() => void vi.stubEnv('HALDANE_URL', service.baseUrl));
  afterEach(() => void vi.unstubAllEnvs());
  return { file };
}
