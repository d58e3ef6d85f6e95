import { z } from 'zod';
import { EXECUTION_STATUS } from '../../domain/run.ts';
import { runDifferences } from './differences.ts';
import type { ImportContext } from './import-config.ts';
import type { ImportOutcome } from './import-outcome.ts';
import { ArchivedRun, readKayentaPairs, readKayentaRun } from './kayenta-objects.ts';

type Row = Pick<ImportOutcome, 'what' | 'id' | 'name'>;

/** Imports one archived run under its id, and its series under a new one. */
export async function importRun(id: string, context: ImportContext): Promise<ImportOutcome[]> {
  const found = await context.source.run(id);
  const unnamed = { what: 'run', id, name: '' } as const;
  if (found.kind !== 'found') return [{ ...unnamed, outcome: 'broken', why: found.reason }];
  const read = readKayentaRun(id, found.value);
  if (!read.ok) return [{ ...unnamed, outcome: 'broken', why: read.reason }];
  const run = read.value;
  const row = { ...unnamed, name: `${run.application}/${run.config.name ?? run.canaryConfigId}` };
  if (!EXECUTION_STATUS[run.status].complete) {
    return [{ ...row, outcome: 'left out', why: `it has not ended: ${run.status}` }];
  }
  const [ofRun, ...ofSeries] = await takeOrMeet(row, run, context);
  return [...(ofRun === undefined ? [] : [tellUnread(ofRun, read.unread)]), ...ofSeries];
}

async function takeOrMeet(row: Row, run: ArchivedRun, context: ImportContext): Promise<ImportOutcome[]> {
  const there = await context.target.get(archivePath(row.id));
  if (!there.ok) {
    if (there.status !== 404) return [{ ...row, outcome: 'refused', why: there.reason }];
    return takeWithSeries(row, run, { outcome: 'taken' }, context);
  }
  const existing = ArchivedRun.safeParse(there.body);
  if (existing.success) return meetExisting(row, run, existing.data, context);
  return [{ ...row, outcome: 'refused', why: `GET ${archivePath(row.id)} does not answer a run` }];
}

const IN_PART: Partial<Record<ImportOutcome['outcome'], ImportOutcome['outcome']>> = {
  taken: 'taken in part',
  replaced: 'taken in part',
};

/** A part of the run that could not be read is told with the run, which is taken without it. */
function tellUnread(ofRun: ImportOutcome, unread: readonly string[]): ImportOutcome {
  if (unread.length === 0 || ofRun.outcome === 'refused') return ofRun;
  const why = [ofRun.why, ...unread].filter((one) => one !== undefined).join('; ');
  return { ...ofRun, outcome: IN_PART[ofRun.outcome] ?? ofRun.outcome, why };
}

function archivePath(id: string): string {
  return `/canaryResultArchive/${encodeURIComponent(id)}`;
}

async function meetExisting(
  row: Row,
  run: ArchivedRun,
  existing: ArchivedRun,
  context: ImportContext,
): Promise<ImportOutcome[]> {
  const differences = runDifferences(run, existing);
  const differs = differences.length > 0;
  if (differs && !context.replace) {
    return [{ ...row, outcome: 'differs', why: `in ${differences.join(', ')}; --replace takes Kayenta's` }];
  }
  const { metricSetPairListId } = existing;
  // Series are written once and never change: existing ones stay.
  if (metricSetPairListId !== undefined) {
    const kept = { ...run, metricSetPairListId };
    return [differs ? await write(row, kept, 'replaced', context) : { ...row, outcome: 'already there' }];
  }
  return takeWithSeries(row, run, { outcome: differs ? 'replaced' : 'already there' }, context);
}

/** Imports the series first, so that a run never refers to missing series. */
async function takeWithSeries(
  row: Row,
  run: ArchivedRun,
  { outcome }: Pick<ImportOutcome, 'outcome'>,
  context: ImportContext,
): Promise<ImportOutcome[]> {
  const { metricSetPairListId: kayentasId, ...rest } = run;
  const { outcomes, listId } = kayentasId === undefined ? NO_SERIES : await takeSeries(kayentasId, row, context);
  if (outcome === 'already there' && listId === undefined) return [{ ...row, outcome }, ...outcomes];
  const written = await write(
    row,
    { ...rest, ...(listId === undefined ? {} : { metricSetPairListId: listId }) },
    outcome,
    context,
  );
  if (written.outcome !== 'refused' || listId === undefined) return [written, ...outcomes];
  if (!context.dryRun) await context.target.send('DELETE', `/metricSetPairList/${encodeURIComponent(listId)}`);
  return [written];
}

interface TakenSeries {
  readonly outcomes: readonly ImportOutcome[];
  /** the id from Haldane */
  readonly listId?: string;
}

const NO_SERIES: TakenSeries = { outcomes: [] };
const Created = z.object({ metricSetPairListId: z.string() });

async function takeSeries(id: string, { name }: Row, { source, target, dryRun }: ImportContext): Promise<TakenSeries> {
  const row = { what: 'series', id, name } as const;
  const found = await source.pairs(id);
  if (found.kind === 'gone') {
    return { outcomes: [{ ...row, outcome: 'left out', why: `no longer in Kayenta: ${found.reason}` }] };
  }
  const read = found.kind === 'found' ? readKayentaPairs(found.value) : ({ ok: false, reason: found.reason } as const);
  if (!read.ok) return { outcomes: [{ ...row, outcome: 'broken', why: read.reason }] };
  if (dryRun) return { outcomes: [{ ...row, outcome: 'taken' }], listId: id };
  const answer = await target.send('POST', '/metricSetPairList', { body: read.value });
  if (!answer.ok) return { outcomes: [{ ...row, outcome: 'refused', why: answer.reason }] };
  const created = Created.safeParse(answer.body);
  if (created.success) return { outcomes: [{ ...row, outcome: 'taken' }], listId: created.data.metricSetPairListId };
  return { outcomes: [{ ...row, outcome: 'refused', why: 'POST /metricSetPairList does not answer an id' }] };
}

async function write(
  row: Row,
  run: ArchivedRun,
  outcome: ImportOutcome['outcome'],
  { target, dryRun }: ImportContext,
): Promise<ImportOutcome> {
  if (dryRun) return { ...row, outcome };
  const answer =
    outcome === 'taken'
      ? await target.send('POST', '/canaryResultArchive', { query: { pipelineId: row.id }, body: run })
      : await target.send('PUT', archivePath(row.id), { body: run });
  return answer.ok ? { ...row, outcome } : { ...row, outcome: 'refused', why: answer.reason };
}
