// Lambda function (Node 22 or newer) for a lifecycle hook of Amazon ECS, such as POST_TEST_TRAFFIC_SHIFT. Environment:
// HALDANE_URL, HALDANE_CONFIG, and HALDANE_TOKEN of a closed Haldane. The hook's own hookDetails say what to judge:
//   {"haldane": {"controlScope": "checkout-blue", "experimentScope": "checkout-green", "minutes": 30}}
const { HALDANE_URL = '', HALDANE_CONFIG = '', HALDANE_TOKEN = '' } = process.env;
const hook = `${HALDANE_URL}/hooks/aws-ecs/${encodeURIComponent(HALDANE_CONFIG)}`;

export async function handler(event) {
  const response = await fetch(hook, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(HALDANE_TOKEN && { authorization: `Bearer ${HALDANE_TOKEN}` }),
    },
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(10_000),
  }).catch((error) => console.warn(String(error)));
  if (response?.ok) return response.json(); // {"hookStatus": …} as ECS wants it
  if (response !== undefined) console.error(response.status, await response.text());
  // Not reached, or busy: ECS asks again, until the timeout of the hook. A refusal stays one.
  const again = response === undefined || response.status === 429 || response.status >= 500;
  return again ? { hookStatus: 'IN_PROGRESS', callBackDelay: 30 } : { hookStatus: 'FAILED' };
}
