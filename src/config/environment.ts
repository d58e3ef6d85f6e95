import { tracesFromEnvironment } from './telemetry.ts';
import type { Environment } from './text.ts';

/** The settings of the file, with those that the environment has instead. */
export function withEnvironment(settings: Record<string, unknown>, environment: Environment): Record<string, unknown> {
  const { HALDANE_HOST, HALDANE_PORT, HALDANE_DATA_DIR, HALDANE_LOG_LEVEL } = environment;
  const auth = {
    ...(environment.HALDANE_AUTH_MODE ? { mode: environment.HALDANE_AUTH_MODE } : {}),
    ...(environment.HALDANE_ADMIN_TOKEN ? { adminToken: environment.HALDANE_ADMIN_TOKEN } : {}),
  };
  const log = {
    ...(HALDANE_LOG_LEVEL ? { level: HALDANE_LOG_LEVEL } : {}),
    ...(environment.HALDANE_LOG_FORMAT ? { format: environment.HALDANE_LOG_FORMAT } : {}),
  };
  const server = {
    ...(HALDANE_HOST ? { host: HALDANE_HOST } : {}),
    ...(HALDANE_PORT ? { port: numberOr(HALDANE_PORT) } : {}),
  };
  return {
    ...settings,
    ...overlay(settings, 'server', server),
    ...overlay(settings, 'auth', auth),
    ...overlay(settings, 'log', log),
    ...overlay(settings, 'telemetry', tracesOverlay(settings, environment)),
    ...(HALDANE_DATA_DIR ? { dataDir: HALDANE_DATA_DIR } : {}),
  };
}

function tracesOverlay({ telemetry }: Record<string, unknown>, environment: Environment) {
  const traces = overlay((telemetry ?? {}) as Record<string, unknown>, 'traces', tracesFromEnvironment(environment));
  return traces as Record<string, unknown>;
}

function overlay(settings: Record<string, unknown>, key: string, fields: Record<string, unknown>) {
  if (Object.keys(fields).length === 0) return {};
  const section = settings[key];
  return { [key]: { ...(typeof section === 'object' && section !== null ? section : {}), ...fields } };
}

/** Text that is not a number stays text, so that the schema's error quotes it. */
function numberOr(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}
