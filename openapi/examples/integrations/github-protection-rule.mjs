// The webhook of a GitHub App for deployment protection rules: takes the event, asks Haldane until there is a verdict, and
// approves or rejects the deployment. Environment: HALDANE_URL, HALDANE_CONFIG, HALDANE_CANARY (what to judge, as JSON),
// HALDANE_TOKEN, PORT, and of the app GITHUB_APP_ID, GITHUB_APP_KEY (PEM), GITHUB_WEBHOOK_SECRET; GITHUB_API_URL for
// GitHub Enterprise. The app needs read and write access to deployments, and the event deployment_protection_rule.
import { createHmac, createSign, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { HALDANE_URL = '', HALDANE_CONFIG = '', HALDANE_CANARY = '{}', HALDANE_TOKEN = '' } = process.env;
const { GITHUB_API_URL = 'https://api.github.com', GITHUB_APP_ID, GITHUB_APP_KEY, GITHUB_WEBHOOK_SECRET } = process.env;
const hook = `${HALDANE_URL}/hooks/github/${encodeURIComponent(HALDANE_CONFIG)}`;
const LONGEST_MILLIS = 24 * 3_600_000;
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

createServer(async (request, response) => {
  const body = await text(request);
  if (!isSigned(body, request.headers['x-hub-signature-256'])) return response.writeHead(401).end();
  response.writeHead(202).end();
  if (request.headers['x-github-event'] !== 'deployment_protection_rule') return;
  const event = JSON.parse(body);
  // The token of the app goes nowhere else.
  if (!event.deployment_callback_url.startsWith(`${GITHUB_API_URL}/repos/`)) return;
  await review(event, await decide(event)).catch((error) => console.error(error.message));
}).listen(process.env.PORT, () => console.log('listening'));

function isSigned(body, signature = '') {
  const expected = `sha256=${createHmac('sha256', GITHUB_WEBHOOK_SECRET).update(body).digest('hex')}`;
  return signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
}

async function decide({ environment, deployment, repository }) {
  const asked = { environment, deployment, repository, canary: JSON.parse(HALDANE_CANARY) };
  const end = Date.now() + LONGEST_MILLIS;
  while (Date.now() < end) {
    const response = await post(hook, HALDANE_TOKEN && `Bearer ${HALDANE_TOKEN}`, asked);
    const { state = 'pending', comment } = response?.ok ? await response.json() : {};
    if (state !== 'pending') return { state, comment };
    if (response && response.status >= 400 && response.status < 500 && response.status !== 429) {
      return { state: 'rejected', comment: `Haldane refused to judge: ${(await response.text()).slice(0, 500)}` };
    }
    await sleep(Number(process.env.PAUSE_MILLIS ?? 30_000));
  }
  return { state: 'rejected', comment: 'No verdict within a day.' };
}

async function review({ environment, deployment_callback_url: callback, installation }, { state, comment }) {
  const tokens = `${GITHUB_API_URL}/app/installations/${installation.id}/access_tokens`;
  let status;
  for (let tries = 1; tries <= 10; tries++) {
    const issued = await post(tokens, `Bearer ${appToken()}`, {});
    const { token } = issued?.ok ? await issued.json() : {};
    const reviewed = token && (await post(callback, `Bearer ${token}`, { environment_name: environment, state, comment }));
    status = reviewed?.status ?? issued?.status;
    if (reviewed?.ok) break;
    console.error('GitHub has not taken the review', issued?.status, reviewed?.status);
    await sleep(tries * Number(process.env.PAUSE_MILLIS ?? 5000));
  }
  await note(comment, status);
}

/** So that the run shows whom its verdict was handed to; the comment ends with the address of its report. */
async function note(comment, status) {
  const run = /\/reports\/([^\s/]+)/.exec(comment)?.[1];
  const outcome = status === undefined ? { error: 'no answer, ten times' } : { status };
  const told = { receiver: new URL(GITHUB_API_URL).host, ...outcome };
  if (run) await post(`${HALDANE_URL}/canary/${run}/deliveries`, HALDANE_TOKEN && `Bearer ${HALDANE_TOKEN}`, told);
}

/** RS256, for ten minutes at most: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app */
function appToken() {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 60, exp: now + 300, iss: GITHUB_APP_ID })}`;
  return `${claims}.${createSign('RSA-SHA256').update(claims).sign(GITHUB_APP_KEY, 'base64url')}`;
}

function post(url, authorization, body) {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  const signal = AbortSignal.timeout(10_000);
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal, redirect: 'error' }).catch(() => {});
}
