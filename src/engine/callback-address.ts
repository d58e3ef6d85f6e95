import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { CanaryError } from '../errors.ts';

/** Where callbacks may go. */
export interface CallbackPolicy {
  readonly allowPrivate: boolean;
  /** names and addresses that may be private */
  readonly allowHosts: readonly string[];
}

export type Resolve = (
  hostname: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const MAX_LENGTH = 2048;

/** What no stranger may have us connect to. Source: the IANA special-purpose address registries. */
const PRIVATE_V4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 ' +
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ' +
  '168.63.129.16/32'; // the last is Azure's metadata service, on an address that looks public
/** `::/96` holds `::`, `::1` and the old IPv4-compatible form; `2001::/32` and `2002::/16` tunnel to IPv4. */
const PRIVATE_V6 =
  '::/96 64:ff9b:1::/48 100::/64 2001::/32 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8';
/** IPv6 that stands for an IPv4 address in its last 32 bits: mapped, translated, and NAT64. */
const EMBEDDING = ['::ffff:', '::ffff:0:', '64:ff9b::'];

const PRIVATE = privateAddresses();

/**
 * Refuses a URL that callbacks cannot or must not go to, as far as that can be told without asking for its address.
 * Any spelling of an address is understood: `http://0x7f.1/` is 127.0.0.1.
 *
 * @returns the URL as it will be asked
 * @throws CanaryError REQUEST_INVALID
 */
export function checkCallbackUrl(text: string, policy: CallbackPolicy): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || text.length > MAX_LENGTH) {
    refuse(`not a URL of up to ${MAX_LENGTH} characters; write https://host/path`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('neither https nor http');
  const host = hostOf(url);
  if (host === '') refuse('without a host');
  if (isTrusted(host, policy)) return url.href;
  // Below 1024 are other services, and some of them can be made to understand an HTTP request.
  if (!['', '80', '443'].includes(url.port) && Number(url.port) < 1024) {
    refuse(`on port ${url.port}, which is not one of HTTP; use 80, 443 or one from 1024`);
  }
  if (isLocalName(host) || (isIP(host) !== 0 && isPrivateAddress(host))) {
    refuse(`on '${host}', which is a private address; callbacks.allowHosts can allow it`);
  }
  return url.href;
}

/**
 * Resolves names for a connection, and refuses one that has a private address. The connection is made to what was
 * checked, so a name that resolves to something else a moment later gains nothing.
 */
export function guardedLookup(policy: CallbackPolicy, resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    const trusted = isTrusted(hostname.replace(/\.$/, ''), policy);
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        return callback(error ?? new Error(`'${hostname}' has no address`), []);
      }
      if (!trusted && addresses.some(({ address }) => isPrivateAddress(address))) {
        return callback(new Error(`'${hostname}' has a private address; callbacks.allowHosts can allow it`), []);
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Loopback, private, link-local, shared, multicast, reserved or a cloud's metadata service; or no address at all. */
export function isPrivateAddress(address: string): boolean {
  const [bare = ''] = address.split('%');
  const version = isIP(bare);
  return version === 0 || PRIVATE.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

function isTrusted(host: string, { allowPrivate, allowHosts }: CallbackPolicy): boolean {
  return allowPrivate || allowHosts.some((allowed) => allowed.toLowerCase() === host);
}

/** Without brackets and the dot of a fully qualified name. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

function privateAddresses(): BlockList {
  const list = new BlockList();
  const ranges = (text: string) => text.split(' ').map((range) => range.split('/') as [string, string]);
  for (const [net, prefix] of ranges(PRIVATE_V6)) list.addSubnet(net, Number(prefix), 'ipv6');
  for (const [net, prefix] of ranges(PRIVATE_V4)) {
    list.addSubnet(net, Number(prefix), 'ipv4');
    for (const before of EMBEDDING) list.addSubnet(before + net, 96 + Number(prefix), 'ipv6');
  }
  return list;
}

function refuse(reason: string): never {
  throw new CanaryError('REQUEST_INVALID', `callbackUrl: it is ${reason}`);
}
