// Lambda function (Node 22 or newer, timeout 15 minutes) for a hook of AWS CodeDeploy, such as AfterAllowTestTraffic.
// Environment: HALDANE_URL, HALDANE_CONFIG, HALDANE_CANARY (what to judge, as JSON), and HALDANE_TOKEN of a closed
// Haldane. Its role needs codedeploy:PutLifecycleEventHookExecutionStatus, and lambda:InvokeFunction on itself.
import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const { HALDANE_URL = '', HALDANE_CONFIG = '', HALDANE_CANARY = '{}', HALDANE_TOKEN = '' } = process.env;
const hook = `${HALDANE_URL}/hooks/aws-codedeploy/${encodeURIComponent(HALDANE_CONFIG)}`;
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export async function handler(event, context) {
  const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } = event;
  for (;;) {
    const { status, report, retryAfterSeconds = 30 } = await ask(event);
    if (status !== 'InProgress') {
      const told = { deploymentId, lifecycleEventHookExecutionId, status };
      const answer = await new CodeDeployClient().send(new PutLifecycleEventHookExecutionStatusCommand(told));
      await note(report, answer.$metadata.httpStatusCode);
      return answer;
    }
    // CodeDeploy waits for an hour, a function for 15 minutes: the next one goes on.
    if (context.getRemainingTimeInMillis() < (retryAfterSeconds + 30) * 1000) {
      const next = { FunctionName: context.functionName, InvocationType: 'Event', Payload: JSON.stringify(event) };
      return new LambdaClient().send(new InvokeCommand(next));
    }
    await sleep(retryAfterSeconds);
  }
}

/** So that the run shows whom its verdict was handed to. What CodeDeploy does not take is an error of the function. */
async function note(report, status) {
  const run = report?.split('/').at(-1);
  if (run) await post(`${HALDANE_URL}/canary/${run}/deliveries`, { receiver: 'CodeDeploy', status });
}

async function ask(event) {
  const response = await post(hook, { ...event, canary: JSON.parse(HALDANE_CANARY) });
  if (response?.ok) return response.json();
  if (response !== undefined) console.error(response.status, await response.text());
  const again = response === undefined || response.status === 429 || response.status >= 500;
  return { status: again ? 'InProgress' : 'Failed' };
}

function post(url, body) {
  const headers = {
    'content-type': 'application/json',
    ...(HALDANE_TOKEN && { authorization: `Bearer ${HALDANE_TOKEN}` }),
  };
  const signal = AbortSignal.timeout(10_000);
  const request = { method: 'POST', headers, body: JSON.stringify(body), signal };
  return fetch(url, request).catch((error) => console.warn(String(error)));
}
