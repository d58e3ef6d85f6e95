import { BlockList, isIP } from 'node:net';

/** Addresses an untrusted URL must not reach. Source: the IANA special-purpose address registries. */
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

/** Loopback, private, link-local, shared, multicast, reserved or a cloud's metadata service; or no address at all. */
export function isPrivateAddress(address: string): boolean {
  const [bare = ''] = address.split('%');
  const version = isIP(bare);
  return version === 0 || PRIVATE.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a host, as {@link hostOf} writes it, is private, judged without resolving its name. */
export function isPrivateHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && isPrivateAddress(host));
}

/**
 * The host of a URL, without brackets and the trailing dot. Every spelling of an address is recognized:
 * `http://0x7f.1/` is 127.0.0.1.
 */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
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
