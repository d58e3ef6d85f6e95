import type { FastifyRequest } from 'fastify';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { type Permission, permits } from '../../domain/permission.ts';
import type { RunLine } from '../../domain/run.ts';
import { judgedLines, type SameConfig } from '../../engine/reports/judged-runs.ts';
import { CanaryError } from '../../errors.ts';
import type { Report } from '../../reports/report.ts';
import type { ReportContext } from '../../web/report/report-context.ts';
import { principalOf } from '../request/principal.ts';
import type { Service } from '../service.ts';

const AD_HOC = 'ad-hoc';
const MOST_EARLIER = 30;

type Parts = Pick<Service, 'runs' | 'canaryConfigs' | 'reports' | 'now'>;

/** What a report leads to: its config, the runs before it, and what the reader may do. */
export async function contextOf(service: Parts, request: FastifyRequest, report: Report): Promise<ReportContext> {
  const { role } = principalOf(request);
  const may = (permission: Permission) => permits(role, permission);
  const config = await storedConfig(service, report.config.id);
  return {
    nowMillis: service.now(),
    config: config && { id: report.config.id, changed: isNewerThan(report, config) },
    earlier: report.kind === 'run' ? await earlierRuns(service, report) : [],
    overIntervals: report.kind === 'analysis' ? await service.reports.metricsOverIntervals(report) : [],
    may: {
      rerun: report.kind === 'run' && report.complete && may('runs.start-own-config'),
      cancel: !report.complete && may('runs.start'),
      delete: report.complete && may('runs.delete'),
    },
  };
}

/** Whether a config was stored after a run had been accepted. */
export function isNewerThan({ acceptedMillis }: Report, { updatedTimestamp = 0 }: CanaryConfig): boolean {
  return updatedTimestamp > acceptedMillis;
}

/** Undefined for a config that is not stored, or no longer. */
export async function storedConfig({ canaryConfigs }: Pick<Parts, 'canaryConfigs'>, id: string) {
  if (id === AD_HOC) return undefined;
  try {
    return await canaryConfigs.get(id);
  } catch (error) {
    if (error instanceof CanaryError && error.status < 500) return undefined;
    throw error;
  }
}

/** Of the same config and application, oldest first. */
async function earlierRuns({ runs }: Parts, report: Report): Promise<RunLine[]> {
  const own = await judgedLines(runs, sameConfig(report));
  return own
    .filter(({ id }) => id !== report.id)
    .slice(0, MOST_EARLIER)
    .toReversed();
}

/** Runs of the config of a report, up to its own. A config that is not stored is told by its name. */
export function sameConfig({ application, config, acceptedMillis }: Report): SameConfig {
  return { application, canaryConfigId: config.id, configName: config.name ?? '', to: acceptedMillis + 1 };
}
