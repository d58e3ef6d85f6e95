import { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { readAccountFile } from '../credentials/authorize.ts';
import type { HttpAccount } from './account.ts';

/** The connections of an account. */
export interface HttpAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  /** the files they were created from */
  readonly tlsFiles: string;
}

/** axios sets the same delay for every request; another one here would cost two system calls a request. */
const KEPT_ALIVE = { keepAlive: true, keepAliveMsecs: 60_000 };

/** Cached as long as the account exists. */
const agents = new WeakMap<HttpAccount, HttpAgents>();

/**
 * Certificates are re-read for every request, so that rotated ones take effect; agents are recreated only when they
 * change.
 */
export async function agentsOf(account: HttpAccount): Promise<HttpAgents> {
  const { caFile, certFile, keyFile, insecureSkipVerify = false } = account.tls ?? {};
  const read = (field: string, path: string | undefined) => path && readAccountFile(account, `tls.${field}`, path);
  const [ca, cert, key] = [
    await read('caFile', caFile),
    await read('certFile', certFile),
    await read('keyFile', keyFile),
  ];
  const tlsFiles = JSON.stringify([ca, cert, key]);
  const known = agents.get(account);
  if (known?.tlsFiles === tlsFiles) return known;
  const { Agent: HttpsAgent } = process.getBuiltinModule('node:https'); // not imported: it loads all of TLS
  const made: HttpAgents = {
    httpAgent: new HttpAgent(KEPT_ALIVE),
    httpsAgent: new HttpsAgent({ ...KEPT_ALIVE, rejectUnauthorized: !insecureSkipVerify, ca, cert, key }),
    tlsFiles,
  };
  agents.set(account, made);
  return made;
}
