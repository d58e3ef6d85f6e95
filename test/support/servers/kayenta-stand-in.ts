import type { IncomingMessage, ServerResponse } from 'node:http';
import { toInstant } from '../../../src/domain/values/instant.ts';
import { startLoopback } from './loopback-server.ts';

type Objects = Readonly<Record<string, unknown>>;

/** What a Kayenta holds, by id. */
export interface KayentaContents {
  readonly configs?: Objects;
  /** the archive; the later ones are newer */
  readonly runs?: Objects;
  readonly pairLists?: Objects;
  /** runs it still has in Redis, which need not be in the archive */
  readonly liveRuns?: readonly LiveRun[];
}

export interface LiveRun {
  readonly application: string;
  readonly status: string;
  readonly buildTimeMillis: number;
}

/** What goes wrong at a path: a defect, no answer, half an answer, a login page, an answer that is not what it says. */
export type Fault = 'error' | 'silence' | 'hang-up' | 'page' | 'cut-off';

export interface KayentaStandIn {
  readonly baseUrl: string;
  /** by path, without the query; may change as it runs */
  readonly faults: Map<string, Fault>;
  /** what was asked: path and query */
  readonly requests: string[];
  /** answers after so many milliseconds */
  delayMillis: number;
  stop(): Promise<void>;
}

/** The one account its objects are in. */
export const STAND_IN_ACCOUNT = 'kayenta-store';

/** The parts of Kayenta's API that reading its objects needs, with its lists, error bodies and account names. */
export async function startKayentaStandIn(contents: KayentaContents): Promise<KayentaStandIn> {
  const faults = new Map<string, Fault>();
  const requests: string[] = [];
  const server = await startLoopback(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://kayenta');
    requests.push(`${url.pathname}${url.search}`);
    await new Promise((resolve) => setTimeout(resolve, standIn.delayMillis));
    const fault = faults.get(url.pathname);
    if (fault !== undefined) {
      fail(fault, request, response);
      return;
    }
    const { status, body } = answer(contents, url);
    respond(response, status, JSON.stringify(body));
  });
  const standIn: KayentaStandIn = {
    baseUrl: server.baseUrl,
    faults,
    requests,
    delayMillis: 0,
    stop: () => server.stop(),
  };
  return standIn;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function answer({ configs = {}, runs = {}, pairLists = {}, liveRuns = [] }: KayentaContents, url: URL): Answer {
  const [, resource = '', id] = url.pathname.split('/');
  const account = ['accountName', 'storageAccountName', 'configurationAccountName']
    .map((name) => url.searchParams.get(name))
    .find((name) => name !== null && name !== '');
  if (account !== undefined && account !== STAND_IN_ACCOUNT) {
    return { status: 400, body: { message: `Unable to resolve account ${account}.` } };
  }
  if (url.pathname === '/canary/executions') return ok(listLive(liveRuns, url.searchParams));
  const objects = { canaryConfig: configs, canaryResultArchive: runs, metricSetPairList: pairLists }[resource];
  if (objects === undefined) return { status: 404, body: { type: 'about:blank', title: 'Not Found', status: 404 } };
  if (id === undefined) return ok(Object.entries(objects).map(toSummary(resource)));
  const object = objects[decodeURIComponent(id)];
  return object === undefined ? { status: 404, body: { message: `No such object named ${id}` } } : ok(object);
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function toSummary(resource: string) {
  return ([id, object]: [string, unknown], index: number) => {
    const updatedTimestamp = 1_700_000_000_000 + index * 1000;
    const key = { id, updatedTimestamp, updatedTimestampIso: toInstant(updatedTimestamp) };
    if (resource !== 'canaryConfig') return key;
    const { name, applications } = object as { name?: string; applications?: string[] };
    return { ...key, name, applications };
  };
}

function listLive(runs: readonly LiveRun[], query: URLSearchParams): LiveRun[] {
  const statuses = query.get('statuses')?.toLowerCase().split(',');
  return runs
    .filter(({ application }) => application === (query.get('application') ?? 'ad-hoc'))
    .filter(({ status }) => statuses === undefined || statuses.includes(status))
    .toSorted((one, other) => other.buildTimeMillis - one.buildTimeMillis)
    .slice(0, Number(query.get('limit') ?? 20));
}

function fail(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  const body = {
    timestamp: 1_700_000_000_000,
    status: 500,
    error: 'Internal Server Error',
    message: 'S3 is slow today',
  };
  const ways: Record<Fault, () => void> = {
    error: () => respond(response, 500, JSON.stringify(body)),
    silence: () => {},
    'hang-up': () => request.socket.destroy(),
    page: () => respond(response, 200, '<html><title>Sign in</title></html>', 'text/html'),
    'cut-off': () => respond(response, 200, '{"name":"check'),
  };
  ways[fault]();
}

function respond(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
