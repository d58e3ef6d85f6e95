import { gateRoutes } from './gates.ts';
import { assetRoutes } from './pages/asset-routes.ts';
import { backtestPages } from './pages/backtest-pages.ts';
import { backtestStartPages } from './pages/backtest-start-pages.ts';
import { comparePages } from './pages/compare-pages.ts';
import { configEditorPages } from './pages/config-editor-pages.ts';
import { configPages } from './pages/config-pages.ts';
import { configVersionPages } from './pages/config-version-pages.ts';
import { discoverPages } from './pages/discover-pages.ts';
import { docsPages } from './pages/docs-pages.ts';
import { firstVerdictPage } from './pages/first-verdict-page.ts';
import { helpPages } from './pages/help-pages.ts';
import { historyPages } from './pages/history-pages.ts';
import { judgeDiffPages } from './pages/judge-diff-pages.ts';
import { loginPages } from './pages/login-pages.ts';
import { queryEditorFiles } from './pages/query-editor-files.ts';
import { reportPages } from './pages/report-pages.ts';
import { runPages } from './pages/run-pages.ts';
import { accountRoutes } from './routes/accounts.ts';
import { auditRoutes } from './routes/audit.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { canaryRoutes } from './routes/canary.ts';
import { canaryConfigRoutes } from './routes/canary-config.ts';
import { canaryConfigCheckRoutes } from './routes/canary-config-checks.ts';
import { canaryConfigVersionRoutes } from './routes/canary-config-versions.ts';
import { canaryResultArchiveRoutes } from './routes/canary-result-archive.ts';
import { canaryStartRoutes } from './routes/canary-start.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { eventRoutes } from './routes/events.ts';
import { fetchRoutes } from './routes/fetch.ts';
import { judgeRoutes } from './routes/judges.ts';
import { metricLabelRoutes } from './routes/metric-labels.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { operationRoutes } from './routes/operations.ts';
import { probeRoutes } from './routes/probes.ts';
import { prometheusRoutes } from './routes/prometheus.ts';
import { rampRoutes } from './routes/ramps.ts';
import { replayRoutes } from './routes/replays.ts';
import { standaloneCanaryAnalysisRoutes } from './routes/standalone-canary-analysis.ts';
import { storageRoutes } from './routes/storage.ts';
import { storedObjectRoutes } from './routes/stored-objects.ts';
import { surveyRoutes } from './routes/surveys.ts';
import { templateRoutes } from './routes/templates.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { verdictRoutes } from './routes/verdicts.ts';

/** Everything the service answers: first the API, then the pages. */
export const ROUTES = [
  canaryStartRoutes,
  canaryRoutes,
  verdictRoutes,
  rampRoutes,
  deliveryRoutes,
  eventRoutes,
  canaryConfigRoutes,
  canaryConfigVersionRoutes,
  canaryConfigCheckRoutes,
  backtestRoutes,
  templateRoutes,
  gateRoutes,
  standaloneCanaryAnalysisRoutes,
  judgeRoutes,
  replayRoutes,
  storedObjectRoutes,
  canaryResultArchiveRoutes,
  fetchRoutes,
  accountRoutes,
  surveyRoutes,
  metricLabelRoutes,
  operationRoutes,
  metricsRoutes,
  probeRoutes,
  prometheusRoutes,
  storageRoutes,
  tokenRoutes,
  auditRoutes,
  assetRoutes,
  reportPages,
  runPages,
  historyPages,
  firstVerdictPage,
  comparePages,
  judgeDiffPages,
  discoverPages,
  backtestPages,
  backtestStartPages,
  configPages,
  configVersionPages,
  configEditorPages,
  queryEditorFiles,
  docsPages,
  helpPages,
  loginPages,
];
