import type { MetricsProvider } from '../src/domain/metrics-provider.ts';
import { prometheus } from './prometheus/index.ts';

/** Every metrics store Haldane can read. */
export const providers: readonly MetricsProvider[] = [prometheus];
