import dns, { type LookupAddress } from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { BlockList, isIP, Socket } from 'node:net';

type Names = Readonly<Record<string, readonly LookupAddress[]>>;
type Resolved = (error: Error | null, address?: string | readonly LookupAddress[], family?: number) => void;
type Lookup = (name: string, options: dns.LookupOptions, done: Resolved) => void;

const OUTSIDE = addressesOutside();
const systemLookup = dns.lookup as Lookup;
const { connect } = Socket.prototype;

let names: Names = {};

/**
 * Restricts this process to loopback addresses and the name `localhost`.
 *
 * @param mocked whether requests are intercepted; the mock then checks the addresses
 */
export function allowLoopbackOnly(mocked: () => boolean): void {
  names = {};
  if (Socket.prototype.connect !== connect) return;
  Socket.prototype.connect = function guarded(this: Socket, ...to: unknown[]) {
    // Node checks this list after the name is resolved, whoever resolved it.
    if (!mocked()) Object.assign(this, { blockList: OUTSIDE });
    return Reflect.apply(connect, this, to);
  };
  Object.assign(dns, { lookup: lookupOfTest });
  syncBuiltinESMExports();
}

/** Until the end of the test file these names resolve to these addresses. */
export function resolveNames(table: Names): void {
  names = table;
}

function lookupOfTest(name: string, ...further: [dns.LookupOptions, Resolved] | [Resolved]): void {
  const done = further.at(-1) as Resolved;
  const options = further.length === 2 ? further[0] : {};
  const addresses = names[name] ?? [];
  const [first] = addresses;
  if (name === 'localhost' || isIP(name) !== 0) systemLookup(name, options, done);
  else if (first === undefined) process.nextTick(done, notFound(name));
  else if (options.all) process.nextTick(done, null, addresses);
  else process.nextTick(done, null, first.address, first.family);
}

function notFound(hostname: string): Error {
  const message = `getaddrinfo ENOTFOUND ${hostname}: tests ask no name server`;
  return Object.assign(new Error(message), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname });
}

/** All but 127.0.0.0/8, `::` and `::1`. IPv6 that stands for IPv4 is judged as IPv4. */
function addressesOutside(): BlockList {
  const list = new BlockList();
  list.addRange('0.0.0.0', '126.255.255.255', 'ipv4');
  list.addRange('128.0.0.0', '255.255.255.255', 'ipv4');
  list.addRange('::2', '::fffe:ffff:ffff', 'ipv6');
  list.addRange('::1:0:0:0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ipv6');
  return list;
}
