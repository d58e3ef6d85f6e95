import { expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus/index.ts';
import { listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';

const NEVER = new AbortController().signal;
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 's3cr3t-key-of-aws' };

function accountOf(host: string, fields: Record<string, unknown>) {
  const endpoint = { baseUrl: `https://${host}/workspaces/ws-1` };
  return prometheus.Account.parse({ name: 'amp', type: 'prometheus', endpoint, flavor: 'amp', ...fields });
}

test.each([
  ['aps-workspaces.eu-west-1.amazonaws.com', { sigv4: keys }, 'eu-west-1'],
  ['aps-workspaces-fips.us-gov-west-1.amazonaws.com', { sigv4: keys }, 'us-gov-west-1'],
  ['aps.vpc.test', { sigv4: { ...keys, region: 'eu-central-1' } }, 'eu-central-1'],
])('a workspace at %s is signed for the service aps in its region', async (host, fields, region) => {
  const signed = new RegExp(`Credential=AKIDEXAMPLE/\\d{8}/${region}/aps/aws4_request`);
  nock(`https://${host}`, { reqheaders: { authorization: signed } })
    .post('/workspaces/ws-1/api/v1/query')
    .reply(200, { status: 'success' })
    .get('/workspaces/ws-1/api/v1/label/__name__/values')
    .reply(200, { status: 'success', data: ['up'] });
  const account = accountOf(host, fields);
  await prometheus.check(account, NEVER);
  expect(await listNames(prometheus, account, '', NEVER)).toEqual([{ name: 'up' }]);
});

test.each([
  ['a workspace whose region nobody says', 'aps.vpc.test', { sigv4: keys }, /sigv4.*region/s],
  ['keys of AWS for another flavor', 'aps.vpc.test', { flavor: 'mimir', sigv4: keys }, /flavor amp/],
  [
    'half a pair of keys',
    'aps-workspaces.eu-west-1.amazonaws.com',
    { sigv4: { accessKeyId: 'AKID' } },
    /belong together/,
  ],
])('%s is refused', (_, host, fields, message) => {
  expect(() => accountOf(host, fields)).toThrow(message);
});
