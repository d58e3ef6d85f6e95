import type { FastifyRequest } from 'fastify';
import { type Permission, permits } from '../../domain/permission.ts';
import type { RunLine } from '../../domain/run.ts';
import { CanaryError } from '../../errors.ts';
import type { Report } from '../../reports/report.ts';
import type { ReportContext } from '../../web/report/report-context.ts';
import { principalOf } from '../request/principal.ts';
import type { Service } from '../service.ts';

const AD_HOC = 'ad-hoc';
/** Runs that are looked at for those of the same config. */
const MOST_LOOKED_AT = 60;
const MOST_EARLIER = 30;

type Parts = Pick<Service, 'runs' | 'canaryConfigs' | 'now'>;

/** What a report leads to: its config, the runs before it, and what the reader may do. */
export async function contextOf(service: Parts, request: FastifyRequest, report: Report): Promise<ReportContext> {
  const { role } = principalOf(request);
  const may = (permission: Permission) => permits(role, permission);
  const config = report.config.id === AD_HOC ? undefined : await storedConfig(service, report.config.id);
  return {
    nowMillis: service.now(),
    config: config && { id: report.config.id, changed: (config.updatedTimestamp ?? 0) > report.acceptedMillis },
    earlier: report.kind === 'run' ? await earlierRuns(service, report) : [],
    may: {
      rerun: report.kind === 'run' && report.complete && may('runs.start-own-config'),
      cancel: !report.complete && may('runs.start'),
      delete: report.complete && may('runs.delete'),
    },
  };
}

async function storedConfig({ canaryConfigs }: Parts, id: string) {
  try {
    return await canaryConfigs.get(id);
  } catch (error) {
    if (error instanceof CanaryError && error.status < 500) return undefined;
    throw error;
  }
}

/** Of the same config and application, oldest first. A config that is not stored is told by its name. */
async function earlierRuns({ runs }: Parts, { id, application, config, acceptedMillis }: Report): Promise<RunLine[]> {
  const filter = { application, canaryConfigId: config.id, to: acceptedMillis + 1, limit: MOST_LOOKED_AT };
  const lines = await runs.lines(filter);
  const own = lines.filter((line) => line.id !== id && (line.configName ?? '') === (config.name ?? ''));
  const judged = own.filter(({ score, verdict }) => score !== undefined && verdict !== undefined);
  return judged.slice(0, MOST_EARLIER).toReversed();
}
