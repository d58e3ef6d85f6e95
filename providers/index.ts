import type { MetricsProvider } from '../src/domain/metrics-provider.ts';
import { atlas } from './atlas/index.ts';
import { azuremonitor } from './azuremonitor/index.ts';
import { cloudwatch } from './cloudwatch/index.ts';
import { datadog } from './datadog/index.ts';
import { dynatrace } from './dynatrace/index.ts';
import { elasticsearch } from './elasticsearch/index.ts';
import { graphite } from './graphite/index.ts';
import { influxdb } from './influxdb/index.ts';
import { inline } from './inline/index.ts';
import { loki } from './loki/index.ts';
import { newrelic } from './newrelic/index.ts';
import { prometheus } from './prometheus/index.ts';
import { signalfx } from './signalfx/index.ts';
import { skywalking } from './skywalking/index.ts';
import { splunk } from './splunk/index.ts';
import { sql } from './sql/index.ts';
import { stackdriver } from './stackdriver/index.ts';
import { wavefront } from './wavefront/index.ts';
import { web } from './web/index.ts';

/** Every metrics store Haldane can read. */
export const providers: readonly MetricsProvider[] = [
  atlas,
  azuremonitor,
  cloudwatch,
  datadog,
  dynatrace,
  elasticsearch,
  graphite,
  influxdb,
  inline,
  loki,
  newrelic,
  prometheus,
  signalfx,
  skywalking,
  splunk,
  sql,
  stackdriver,
  wavefront,
  web,
];

export { readTemplatePacks } from './templates/index.ts';
