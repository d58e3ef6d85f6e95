import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../../src/domain/canary-execution-request.ts';
import type { CanaryExecutionStatusResponse } from '../../../src/domain/run.ts';
import { type ShopStandIn, startShopStandIn } from '../servers/shop-stand-in.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { startService } from './service-process.ts';

/** The real process with a local metrics store, for tests of its pages. */
export interface PageService {
  readonly baseUrl: string;
  readonly shop: ShopStandIn;
  ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  /** @returns the id */
  storeConfig(changes?: Partial<CanaryConfig>): Promise<string>;
  /** Judges with a config of the request. @returns the run when it has ended */
  judge(
    config: CanaryConfig,
    request: CanaryExecutionRequest,
    application?: string,
  ): Promise<CanaryExecutionStatusResponse>;
  stop(): Promise<void>;
}

/** @param settings further settings of the configuration file */
export async function startPageService(settings: object = {}, onLog?: (line: string) => void): Promise<PageService> {
  const shop = await startShopStandIn();
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'haldane.yml');
  const accounts = [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: shop.baseUrl } }];
  writeFileSync(file, JSON.stringify({ ...settings, accounts }));
  const environment = { HALDANE_CONFIG: file, HALDANE_DATA_DIR: dataDir, HALDANE_HOST: '127.0.0.1', HALDANE_PORT: '0' };
  const service = await startService(environment, onLog);
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${service.baseUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.ok) return answer.json();
    throw new Error(`${method} ${path} answers ${answer.status} ${await answer.text()}`);
  };
  return {
    baseUrl: service.baseUrl,
    shop,
    ask,
    async storeConfig(changes = {}) {
      const stored = await ask('POST', '/canaryConfig', shopConfig(changes));
      return (stored as { canaryConfigId: string }).canaryConfigId;
    },
    async judge(canaryConfig, executionRequest, application = 'shop') {
      const path = `/canary?wait=30s&application=${encodeURIComponent(application)}`;
      return (await ask('POST', path, { canaryConfig, executionRequest })) as CanaryExecutionStatusResponse;
    },
    async stop() {
      await service.stop();
      await shop.stop();
    },
  };
}

/** Three metrics of the shop: latency, which is higher in `v2`, errors and load. */
export function shopConfig(changes: Partial<CanaryConfig> = {}): CanaryConfig {
  const metric = (name: string, group: string) => ({
    name,
    query: { type: 'prometheus', serviceType: 'prometheus', expr: `${name}{version="\${scope}"}` },
    groups: [group],
    analysisConfigurations: { canary: { direction: 'increase' } },
    scopeName: 'default',
  });
  return {
    name: 'checkout',
    applications: ['shop'],
    description: 'Does the new version answer more slowly?',
    metrics: [metric('latency', 'latency'), metric('failures', 'errors'), metric('load', 'load')],
    classifier: { groupWeights: { latency: 40, errors: 40, load: 20 } },
    ...changes,
  };
}

/** An hour of both versions. */
export function shopRequest(control = 'v1', experiment = 'v2'): CanaryExecutionRequest {
  const window = { start: '2026-01-01T12:00:00Z', end: '2026-01-01T13:00:00Z', step: 60 };
  return {
    scopes: {
      default: { controlScope: { scope: control, ...window }, experimentScope: { scope: experiment, ...window } },
    },
    thresholds: { pass: 95, marginal: 75 },
  };
}

/** Waits until the condition holds; at most ten seconds. */
export async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    if (await holds()) return true;
    await sleep(100);
  }
  return false;
}
