import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../../src/domain/canary-execution-request.ts';
import { CanaryExecutionStatusResponse } from '../../../src/domain/run.ts';
import { CanaryAnalysisExecutionStatusResponse } from '../../../src/domain/standalone-analysis.ts';
import { startService } from '../http/service-process.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { sampleRequest } from './report-samples.ts';
import { type SampleStore, startSampleStore } from './sample-store.ts';

/** The real process on the sample store. */
export interface SampleService {
  readonly baseUrl: string;
  readonly store: SampleStore;
  /** @returns the run when it has ended */
  judge(config: CanaryConfig, request?: CanaryExecutionRequest): Promise<CanaryExecutionStatusResponse>;
  /** @returns the id of the stored config */
  storeConfig(config: CanaryConfig): Promise<string>;
  /** Judges with a stored config. @returns the run when it has ended */
  judgeWith(configId: string, request: CanaryExecutionRequest): Promise<CanaryExecutionStatusResponse>;
  /** Starts an analysis of both versions. @returns its id */
  analyse(config: CanaryConfig, analysis: SampleAnalysis): Promise<string>;
  /** @returns the analysis when it has ended */
  analysed(id: string): Promise<CanaryAnalysisExecutionStatusResponse>;
  stop(): Promise<void>;
}

export interface SampleAnalysis {
  readonly startTimeIso: string;
  /** absent: runs for a lifetime from now */
  readonly endTimeIso?: string;
  readonly lifetimeDurationMins?: number;
  readonly analysisIntervalMins: number;
  readonly lookbackMins?: number;
  readonly thresholds: { readonly pass: number; readonly marginal: number };
}

/** @param attempts requests for one query, where the store does not answer */
export async function startSampleService(attempts = 1): Promise<SampleService> {
  const store = await startSampleStore();
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'haldane.yml');
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: store.baseUrl } };
  writeFileSync(file, JSON.stringify({ dataDir, metrics: { retry: { attempts } }, accounts: [account] }));
  const { baseUrl, stop } = await startService({ HALDANE_CONFIG: file, HALDANE_HOST: '127.0.0.1', HALDANE_PORT: '0' });
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(baseUrl + path, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
    if (answer.ok) return answer.json();
    throw new Error(`${path} answers ${answer.status} ${await answer.text()}`);
  };
  return {
    baseUrl,
    store,
    async judge(canaryConfig, executionRequest = sampleRequest(60)) {
      const body = { canaryConfig, executionRequest };
      return CanaryExecutionStatusResponse.parse(await ask('/canary?wait=60s&application=shop', body));
    },
    async storeConfig(config) {
      const stored = await ask('/canaryConfig', { ...config, applications: ['shop'], configVersion: '1' });
      return z.object({ canaryConfigId: z.string() }).parse(stored).canaryConfigId;
    },
    async judgeWith(configId, request) {
      const path = `/canary/${encodeURIComponent(configId)}?wait=60s&application=shop`;
      return CanaryExecutionStatusResponse.parse(await ask(path, request));
    },
    async analyse(canaryConfig, { startTimeIso, endTimeIso, ...plan }) {
      const [control, experiment] = ['v41', 'v42'];
      const scope = { controlScope: control, experimentScope: experiment, startTimeIso, endTimeIso, step: 60 };
      const body = { canaryConfig, executionRequest: { scopes: [scope], ...plan } };
      const started = await ask('/standalone_canary_analysis?application=shop&user=jane', body);
      return z.object({ canaryAnalysisExecutionId: z.string() }).parse(started).canaryAnalysisExecutionId;
    },
    async analysed(id) {
      for (;;) {
        const analysis = CanaryAnalysisExecutionStatusResponse.parse(await ask(`/standalone_canary_analysis/${id}`));
        if (analysis.complete) return analysis;
        await sleep(50);
      }
    },
    async stop() {
      await stop();
      await store.stop();
    },
  };
}
