import { Readable } from 'node:stream';
import { z } from 'zod';
import { CanaryError } from '../../errors.ts';
import { AnalysisReport } from '../../reports/analysis-report.ts';
import { jsonReport } from '../../reports/json-report.ts';
import { renderJunit } from '../../reports/junit.ts';
import { renderMarkdown } from '../../reports/markdown.ts';
import { type Report, titleOf } from '../../reports/report.ts';
import { RunReport } from '../../reports/run-report.ts';
import { assetNamed, CHART_SCRIPT, REPORT_STYLES } from '../../web/assets.ts';
import { renderPage } from '../../web/layout.ts';
import { DIVISIONS } from '../../web/report/metric-sections.ts';
import { REPORT_FILE_HEADERS, renderReportFile } from '../../web/report/report-file.ts';
import { reportMain } from '../../web/report/report-main.ts';
import { metricMain } from '../../web/report/run-page.ts';
import { ErrorResponse } from '../answer/errors.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';
import { reportActions } from './report-actions.ts';
import { contextOf, sameConfig } from './report-context.ts';

const SCRIPTS = [CHART_SCRIPT, assetNamed('report.js'), assetNamed('metrics.js')];
const tags = ['Reports'];
const Id = z.object({ id: z.string().describe('id of a run or an analysis') });

const Shown = z.object({ by: z.enum(DIVISIONS).optional() });
const REFRESH_SECONDS = 15;

/** `/reports`: the report of a run or analysis, as a page and as files. */
export function reportPages(http: HttpServer, service: Service): void {
  pagePlugin(http, (pages) => {
    pageRoutes(pages, service);
    reportActions(pages, service);
    for (const file of FILES) fileRoute(pages, service, file);
  });
}

function pageRoutes(pages: HttpServer, service: Service): void {
  const { reports } = service;
  pages.get(
    '/reports/:id',
    { config: { permission: 'runs.read', of: 'execution' }, schema: { hide: true, params: Id, querystring: Shown } },
    async (request, reply) => {
      const report = await reports.of(request.params.id);
      const context = { ...(await contextOf(service, request, report)), by: request.query.by };
      const main = await reportMain(report, 'page', context);
      return sendPage(reply, pageOf(titleOf(report), main, report.headline, !report.complete));
    },
  );

  const params = Id.extend({ anchor: z.string() });
  const querystring = z.object({ only: z.string().optional() });
  pages.get(
    '/reports/:id/metrics/:anchor',
    { config: { permission: 'runs.read', of: 'execution' }, schema: { hide: true, params, querystring } },
    async (request, reply) => {
      const { id, anchor } = request.params;
      const report = await reports.of(id);
      const metric = report.kind === 'run' ? report.metrics.find((one) => one.anchor === anchor) : undefined;
      if (report.kind !== 'run' || metric === undefined) {
        throw new CanaryError('OBJECT_NOT_FOUND', `The report of '${id}' has no metric '${anchor}'.`);
      }
      // The list of a report fetches the body alone.
      const runs = request.query.only === 'body' ? [] : await reports.judgedRuns(sameConfig(report));
      const main = metricMain(report, metric, runs);
      return sendPage(reply, pageOf(`${metric.name}: ${titleOf(report)}`, main, metric.reason));
    },
  );
}

/** @param changes whether a page without scripts has to be loaded again */
function pageOf(title: string, main: string, description: string, changes = false): string {
  const again = changes ? { refreshSeconds: REFRESH_SECONDS } : {};
  return renderPage({ title, description, main, section: 'runs', styles: REPORT_STYLES, scripts: SCRIPTS, ...again });
}

interface ReportFile {
  /** its suffix in the URL */
  readonly ending: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly mediaType: string;
  /** of JSON; others are text */
  readonly schema: z.ZodType | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly render: (report: Report) => string | Promise<string> | Readable;
}

const FILES: readonly ReportFile[] = [
  {
    ending: 'html',
    operationId: 'getReportFile',
    summary: 'Get a report as one HTML file',
    description: 'The report page as a self-contained file: it opens without this service or a network.',
    mediaType: 'text/html',
    schema: undefined,
    headers: REPORT_FILE_HEADERS,
    render: renderReportFile,
  },
  {
    ending: 'md',
    operationId: 'getReportMarkdown',
    summary: 'Get a report as Markdown',
    description: 'For a pull request comment: verdict, what failed and why, groups, facts.',
    mediaType: 'text/markdown',
    schema: undefined,
    headers: { 'content-type': 'text/markdown; charset=utf-8' },
    render: renderMarkdown,
  },
  {
    ending: 'junit.xml',
    operationId: 'getReportJunit',
    summary: 'Get a report as JUnit XML',
    description: 'One test case per metric of a run, or per interval of an analysis, for build servers.',
    mediaType: 'application/xml',
    schema: undefined,
    headers: { 'content-type': 'application/xml; charset=utf-8' },
    render: renderJunit,
  },
  {
    ending: 'json',
    operationId: 'getReport',
    summary: 'Get a report as JSON',
    description: 'Everything the report page shows, with its series.',
    mediaType: 'application/json',
    schema: z.union([RunReport, AnalysisReport]),
    headers: { 'content-type': 'application/json; charset=utf-8' },
    render: (report) => Readable.from(jsonReport(report)),
  },
];

function fileRoute(pages: HttpServer, { reports }: Service, file: ReportFile): void {
  const { ending, headers, render, mediaType, schema, ...described } = file;
  const content = { description: 'the report', content: { [mediaType]: { schema: { type: 'string' } } } };
  const response = {
    200: schema ?? content,
    404: ErrorResponse,
  };
  pages.get(
    `/reports/:id.${ending}`,
    { config: { permission: 'runs.read', of: 'execution' }, schema: { ...described, tags, params: Id, response } },
    async (request, reply) => {
      const content = await render(await reports.of(request.params.id));
      return reply
        .headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', ...headers })
        .send(content);
    },
  );
}
