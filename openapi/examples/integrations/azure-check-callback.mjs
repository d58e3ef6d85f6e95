// Answers asynchronous checks of Azure Pipelines (Invoke REST API, completion event Callback): acknowledges at once, asks
// Haldane until there is a verdict, and tells Azure. The token of the pipeline stays in the memory of this process, so
// run one of it; when it ends, Azure's timeout of the check holds. Environment: HALDANE_URL, HALDANE_CONFIG,
// HALDANE_TOKEN, PORT, and AZURE_HOSTS where yours is not dev.azure.com. The check sends the default headers, and what
// to judge as its body: {"controlScope": "checkout-stable", "experimentScope": "checkout-canary", "minutes": 30}
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const { HALDANE_URL = '', HALDANE_CONFIG = '', HALDANE_TOKEN = '', AZURE_HOSTS = 'dev.azure.com' } = process.env;
const hook = `${HALDANE_URL}/hooks/azure-pipelines/${encodeURIComponent(HALDANE_CONFIG)}`;
const LONGEST_MILLIS = 24 * 3_600_000;
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

createServer(async (request, response) => {
  try {
    const { planurl = '', projectid, hubname, planid, jobid, taskinstanceid, authtoken } = request.headers;
    // The token goes nowhere else.
    const { protocol, host } = new URL(planurl);
    if (protocol !== 'https:' && process.env.AZURE_PLAIN_HTTP === undefined) throw new Error('PlanUrl: is no https');
    if (!AZURE_HOSTS.split(',').includes(host)) throw new Error(`PlanUrl: ${host} is not in AZURE_HOSTS`);
    const canary = await json(request);
    const plan = [projectid, '_apis/distributedtask/hubs', hubname, 'plans', planid].join('/');
    const events = `${planurl.replace(/\/$/, '')}/${plan}/events?api-version=7.1`;
    const asked = { ProjectId: projectid, PlanId: planid, JobId: jobid, canary };
    response.writeHead(202).end();
    const { result, report } = await decide(asked);
    const told = await tell(events, authtoken, { name: 'TaskCompleted', taskId: taskinstanceid, jobId: jobid, result });
    await note(report, host, told);
  } catch (error) {
    console.error(error.message);
    if (!response.headersSent) response.writeHead(400).end(error.message);
  }
}).listen(process.env.PORT, () => console.log('listening'));

async function decide(asked) {
  const end = Date.now() + LONGEST_MILLIS;
  while (Date.now() < end) {
    const response = await post(hook, HALDANE_TOKEN && `Bearer ${HALDANE_TOKEN}`, asked);
    const { done, verdict, report } = response?.ok ? await response.json() : {};
    if (done) return console.log(verdict, report) ?? { result: verdict === 'pass' ? 'succeeded' : 'failed', report };
    if (response && response.status >= 400 && response.status < 500 && response.status !== 429) {
      console.error(response.status, await response.text());
      return { result: 'failed' };
    }
    await sleep(Number(process.env.PAUSE_MILLIS ?? 30_000));
  }
  return { result: 'failed' };
}

async function tell(events, token, event) {
  let response;
  for (let tries = 1; tries <= 10; tries++) {
    response = await post(events, `Basic ${Buffer.from(`:${token}`).toString('base64')}`, event);
    if (response?.ok) break;
    console.error('Azure has not taken the result', response?.status);
    await sleep(tries * Number(process.env.PAUSE_MILLIS ?? 5000));
  }
  return response?.status;
}

/** So that the run shows whom its verdict was handed to. */
async function note(report, receiver, status) {
  const run = report?.split('/').at(-1);
  const outcome = status === undefined ? { error: 'no answer, ten times' } : { status };
  const deliveries = `${HALDANE_URL}/canary/${run}/deliveries`;
  if (run) await post(deliveries, HALDANE_TOKEN && `Bearer ${HALDANE_TOKEN}`, { receiver, ...outcome });
}

function post(url, authorization, body) {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  const signal = AbortSignal.timeout(10_000);
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal, redirect: 'error' }).catch(() => {});
}
