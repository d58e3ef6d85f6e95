/** What each part may import from the others; every part may import `src/errors.ts`, `src/package-root.ts` and itself. */
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  'src/errors': [],
  'src/package-root': [],
  'src/domain': [],
  'src/waiting': [],
  'src/tracing': ['src/domain'],
  'src/outbound': ['src/tracing', 'src/domain', 'src/waiting'],
  'src/auth': ['src/domain', 'src/outbound', 'src/waiting'],
  providers: ['src/tracing', 'src/domain', 'src/outbound', 'src/waiting'],
  judges: ['src/tracing', 'src/domain', 'src/outbound', 'src/waiting', 'judges/stats'],
  'judges/stats': [],
  gates: ['src/domain', 'src/waiting'],
  // of `judges/stats` it takes the mathematics of what is no judge's to say: how the traffic was split
  'src/engine': ['judges/stats', 'src/tracing', 'src/domain', 'src/outbound', 'src/reports', 'src/waiting'],
  'src/store': ['src/domain', 'src/waiting'],
  'src/queue': ['src/domain', 'src/waiting'],
  'src/metrics': ['src/domain', 'src/waiting'],
  'src/config': ['src/domain'],
  'src/reports': ['src/domain', 'src/waiting'],
  'src/web': ['src/domain', 'src/reports', 'src/waiting'],
  'src/http': [
    'src/tracing',
    'src/auth',
    'src/engine',
    'src/metrics',
    'src/domain',
    'src/web',
    'src/reports',
    'src/waiting',
  ],
  'src/app': [
    'src/tracing',
    'src/auth',
    'src/waiting',
    'src/config',
    'src/domain',
    'src/engine',
    'src/http',
    'src/metrics',
    'src/queue',
    'src/store',
    'providers',
    'judges',
    'gates',
  ],
  'src/serve': ['src/app', 'src/config', 'src/domain', 'providers'],
  'src/cli': [
    'src/app',
    'src/serve',
    'src/config',
    'src/domain',
    // `diff kayenta` judges through the one door that runs go through
    'src/engine',
    'src/store',
    'src/reports',
    'src/outbound',
    'src/waiting',
    'providers',
    'judges',
  ],
  'src/library': ['src/domain', 'src/engine', 'judges'],
  'src/main': ['src/serve'],
};

/** Who may ask for the time of day. Lengths of time are measured by `monotonicClock`, which nobody can set. */
export const DATE_NOW: readonly string[] = [
  'src/domain/values/instant.ts', // `now` in a request
  'src/waiting/clocks.ts',
];

/** Who may read it as `wallClock`, and what for. */
export const WALL_CLOCK: Readonly<Record<string, string>> = {
  'src/app.ts': 'hands it to the engine, which stores and shows instants',
  'src/app/storage.ts': 'hands it to the store, which stores instants',
  'src/http/answer/errors.ts': 'the timestamp of an error',
  'src/http/gates.ts': 'the moment of a call, which a gate is told',
  'src/http/pages/config-editor-pages.ts': 'the window a form begins with',
  'src/http/pages/config-pages.ts': 'how long ago a config was changed',
  'src/http/pages/config-version-pages.ts': 'how long ago a version was stored',
  'src/http/pages/run-pages.ts': 'how long ago a run was started',
  'src/http/routes/canary-start.ts': 'whether the window of a run ends before a client stops waiting',
  'providers/cloudwatch/ask.ts': 'how far a window reaches into what the store still collects',
  'providers/datadog/ask.ts': 'the same',
  'providers/wavefront/ask.ts': 'the window of a check',
  'providers/shared/credentials/aws-credentials.ts': 'signatures, and how long issued keys are good for',
  'providers/shared/credentials/aws-key-sources.ts': 'signatures',
  'providers/shared/credentials/google.ts': 'signed requests, and how long a token is good for',
  'providers/shared/http/failures.ts': 'Retry-After as a date',
};

/** The files of a part that lie beside its rooms. */
const BESIDE = '.';

/**
 * What each room of a part may import from the part's other rooms, lowest rooms first. A file beside the rooms has a
 * line of its own where it may more than the others.
 */
export const ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'src/engine': {
    [BESIDE]: [BESIDE],
    answers: [],
    discovery: [],
    callbacks: [BESIDE, 'answers'],
    judging: [BESIDE, 'answers'],
    fetching: [BESIDE, 'answers'],
    'health.ts': [BESIDE, 'fetching'],
    'readiness.ts': ['health.ts'],
    configs: [BESIDE, 'fetching', 'judging'],
    survey: [BESIDE, 'configs', 'discovery', 'fetching'],
    runs: [BESIDE, 'answers', 'callbacks', 'configs', 'fetching', 'judging'],
    analyses: [BESIDE, 'answers', 'callbacks', 'runs'],
    backtest: [BESIDE, 'fetching', 'judging', 'runs'],
    replay: [BESIDE, 'judging', 'runs'],
    reports: [BESIDE, 'analyses', 'answers', 'fetching', 'judging', 'replay', 'runs'],
    gates: [BESIDE, 'configs', 'fetching', 'reports', 'runs'],
    upkeep: [BESIDE, 'analyses', 'backtest', 'callbacks', 'runs'],
  },
  'src/http': {
    [BESIDE]: [BESIDE, 'request'],
    request: [BESIDE],
    answer: [BESIDE],
    routes: [BESIDE, 'answer', 'request'],
    pages: [BESIDE, 'answer', 'request'],
    document: [BESIDE, 'answer', 'request'],
    'gates.ts': [BESIDE, 'answer', 'request'],
    'all-routes.ts': [BESIDE, 'gates.ts', 'pages', 'routes'],
    'server.ts': [BESIDE, 'all-routes.ts', 'answer', 'document', 'pages', 'request'],
  },
  'src/web': {
    [BESIDE]: [BESIDE],
    charts: [BESIDE],
    history: [BESIDE, 'charts'],
    report: [BESIDE, 'charts', 'history'],
    runs: [BESIDE, 'charts'],
    'query-editor': [],
    configs: [BESIDE, 'charts', 'backtest', 'history', 'query-editor'],
    'start-backtest': [BESIDE, 'configs', 'backtest'],
    compare: [BESIDE, 'charts', 'report'],
    'judge-diff': [BESIDE],
    discover: [BESIDE, 'charts'],
    backtest: [BESIDE, 'charts'],
    docs: [BESIDE],
    help: [BESIDE],
  },
  'src/cli': {
    [BESIDE]: [BESIDE],
    terminal: [BESIDE],
    client: [BESIDE],
    kayenta: [BESIDE, 'client', 'terminal'],
    'kayenta-yml': [BESIDE, 'terminal'],
    keptn: [BESIDE],
    lint: [BESIDE, 'client', 'start'],
    demo: [],
    service: [BESIDE, 'client'],
    start: [BESIDE, 'client', 'terminal'],
    verdict: [BESIDE, 'client', 'start', 'terminal'],
    init: [BESIDE, 'terminal'],
    judge: [BESIDE],
    tokens: [],
    commands: [
      BESIDE,
      'client',
      'demo',
      'init',
      'judge',
      'kayenta',
      'kayenta-yml',
      'keptn',
      'lint',
      'service',
      'start',
      'terminal',
      'tokens',
      'verdict',
    ],
    'commands.ts': [BESIDE, 'commands'],
    'command-line.ts': [BESIDE, 'terminal'],
  },
  judges: {
    'stats/numerics': [],
    'stats/distributions': ['stats/numerics'],
    'stats/samples': ['stats/numerics'],
    'stats/tests': ['stats/distributions', 'stats/numerics', 'stats/samples'],
    steps: ['stats/distributions', 'stats/numerics', 'stats/samples', 'stats/tests'],
    'netflix-aca': ['steps', 'stats/distributions', 'stats/numerics', 'stats/samples', 'stats/tests'],
    haldane: ['steps', 'stats/distributions', 'stats/numerics', 'stats/samples', 'stats/tests'],
    threshold: ['steps', 'stats/samples'],
    drift: ['steps', 'stats/distributions', 'stats/samples', 'stats/tests'],
    [BESIDE]: ['steps', 'stats/distributions', 'stats/numerics', 'stats/samples', 'stats/tests'],
    'index.ts': [BESIDE, 'haldane', 'netflix-aca', 'threshold', 'drift'],
  },
  gates: {
    shared: [],
    'prometheus/promql': [],
    prometheus: ['prometheus/promql'],
    [BESIDE]: [BESIDE, 'shared'],
    'index.ts': [BESIDE],
  },
  'providers/shared': {
    query: [],
    credentials: ['http'],
    http: ['credentials'],
    series: ['credentials', 'http', 'query'],
    promql: ['credentials', 'http', 'query', 'series'],
  },
};

/** Circles of rooms that stay, each with its reason. */
export const CIRCLES: readonly string[] = [
  // A request carries credentials, and a token is fetched with a request.
  'providers/shared/credentials -> providers/shared/http',
  // Types only: what a route is given names how its requests are checked, and checking names what a route is given.
  'src/http/request -> src/http/service.ts',
];

export function partOf(file: string): string {
  if (file.startsWith('judges/stats/')) return 'judges/stats';
  const [root = '', name = ''] = file.split('/');
  if (root !== 'src') return root;
  return `src/${name.replace(/\.ts$/, '')}`;
}

/** The line of a room's table that is about a file of the part. */
export function roomOf(part: string, file: string): string {
  const inside = file.slice(part.length + 1);
  const folder = inside.slice(0, Math.max(0, inside.lastIndexOf('/')));
  if (folder !== '') return folder;
  return inside in (ROOMS[part] ?? {}) ? inside : BESIDE;
}
