import { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';

/** How to connect to a service; each request has its own connection. */
export interface Connections {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

interface ConnectionOptions {
  /** for connecting, including the TLS handshake; no limit when absent */
  readonly connectTimeoutMillis?: number;
  /** resolves a host name to an address */
  readonly lookup?: LookupFunction;
}

export function createConnections({ connectTimeoutMillis, lookup }: ConnectionOptions = {}): Connections {
  const options = lookup === undefined ? {} : { lookup };
  const { Agent: HttpsAgent } = process.getBuiltinModule('node:https'); // not imported: it loads all of TLS
  const [httpAgent, httpsAgent] = [new HttpAgent(options), new HttpsAgent(options)];
  if (connectTimeoutMillis !== undefined) {
    limitConnecting(httpAgent, 'connect', connectTimeoutMillis);
    limitConnecting(httpsAgent, 'secureConnect', connectTimeoutMillis);
  }
  return { httpAgent, httpsAgent };
}

function limitConnecting(agent: HttpAgent, connected: 'connect' | 'secureConnect', millis: number): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    const giveUp = () => socket?.destroy(new Error(`no connection within ${millis} ms`));
    const timer = setTimeout(giveUp, millis);
    socket?.once(connected, () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    return socket;
  };
}
