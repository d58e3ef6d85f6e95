/** What becomes of one key of an account. */
export type AccountKey =
  /** @param ours the key here, with dots; a secret becomes an environment variable */
  { readonly ours: string; readonly secret?: true } | { readonly notTaken: string };

export interface StoreKeys {
  /** the `type` of the account here */
  readonly type: string;
  readonly title: string;
  readonly keys: Readonly<Record<string, AccountKey>>;
}

const ENDPOINT = { 'endpoint.baseUrl': { ours: 'endpoint.baseUrl' } } as const;
const BASIC = { username: { ours: 'username' }, password: { ours: 'password', secret: true } } as const;
const SCOPE_KEYS = {
  defaultScopeKey: { ours: 'defaultScopeKey' },
  defaultLocationKey: { ours: 'defaultLocationKey' },
} as const;
const NEVER_SENT = { notTaken: 'Kayenta does not send it' } as const;
const OF_THE_BUCKET = { notTaken: 'is about the bucket' } as const;

/** Keys of every account. */
export const COMMON_KEYS: Readonly<Record<string, AccountKey>> = {
  name: { ours: 'name' },
  supportedTypes: { notTaken: 'metrics accounts are `METRICS_STORE` here' },
  locations: { ours: 'locations' },
  recommendedLocations: { ours: 'recommendedLocations' },
};

/** Kayenta's metrics stores by their key below `kayenta`, with the keys of their accounts and ours. */
export const STORE_KEYS: Readonly<Record<string, StoreKeys>> = {
  atlas: {
    type: 'atlas',
    title: 'Atlas',
    keys: {
      ...ENDPOINT,
      backendsJsonBaseUrl: { ours: 'backendsJsonBaseUrl' },
      fetchId: { ours: 'fetchId' },
      namespace: NEVER_SENT,
    },
  },
  datadog: {
    type: 'datadog',
    title: 'Datadog',
    keys: {
      ...ENDPOINT,
      apiKey: { ours: 'apiKey', secret: true },
      applicationKey: { ours: 'applicationKey', secret: true },
    },
  },
  google: {
    type: 'stackdriver',
    title: 'Cloud Monitoring',
    keys: {
      project: { ours: 'project' },
      jsonPath: { ours: 'jsonPath' },
      bucket: OF_THE_BUCKET,
      bucketLocation: OF_THE_BUCKET,
      rootFolder: OF_THE_BUCKET,
    },
  },
  graphite: { type: 'graphite', title: 'Graphite', keys: { ...ENDPOINT, ...BASIC } },
  influxdb: {
    type: 'influxdb',
    title: 'InfluxDB',
    keys: { ...ENDPOINT, ...BASIC, apiKey: NEVER_SENT, applicationKey: NEVER_SENT },
  },
  newrelic: {
    type: 'newrelic',
    title: 'New Relic',
    keys: {
      ...ENDPOINT,
      apiKey: { ours: 'apiKey', secret: true },
      applicationKey: { ours: 'applicationKey' },
      ...SCOPE_KEYS,
    },
  },
  prometheus: {
    type: 'prometheus',
    title: 'Prometheus',
    keys: {
      ...ENDPOINT,
      ...BASIC,
      usernamePasswordFile: { ours: 'usernamePasswordFile' },
      bearerToken: { ours: 'bearerToken', secret: true },
    },
  },
  signalfx: {
    type: 'signalfx',
    title: 'SignalFx',
    keys: { ...ENDPOINT, accessToken: { ours: 'accessToken', secret: true }, ...SCOPE_KEYS },
  },
  wavefront: {
    type: 'wavefront',
    title: 'Wavefront',
    keys: { ...ENDPOINT, apiToken: { ours: 'apiToken', secret: true } },
  },
};

/** Where Kayenta keeps its objects, by their key below `kayenta`. */
export const STORAGE: Readonly<Record<string, string>> = {
  aws: 'S3',
  azure: 'Azure Blobs',
  blobs: 'Azure Blobs',
  configbin: 'ConfigBin',
  gcs: 'Google Cloud Storage',
  memory: 'memory',
  oracle: 'Oracle Cloud',
  oss: 'Alibaba OSS',
  redis: 'Redis',
  s3: 'S3',
  sql: 'SQL',
};
