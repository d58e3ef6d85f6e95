import { CanaryError } from '../errors.ts';
import { Server } from './server.ts';
import { type Environment, parseConfigText } from './text.ts';

/** Where a service of this configuration listens, as this machine reaches it. Reads nothing but `server`. */
export function ownAddress(text: string, environment: Environment): string {
  const { server } = parseConfigText(text, environment).value;
  const { host, port, tls } = Server.loose().parse({
    ...((server ?? {}) as object),
    ...(environment.HALDANE_HOST ? { host: environment.HALDANE_HOST } : {}),
    ...(environment.HALDANE_PORT ? { port: Number(environment.HALDANE_PORT) } : {}),
  });
  if (port === 0) throw new CanaryError('CONFIGURATION_INVALID', 'server.port: 0 is any free port; name one to ask it');
  return `${tls === undefined ? 'http' : 'https'}://${reachable(host)}:${port}`;
}

/** Every interface includes this machine's own. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
