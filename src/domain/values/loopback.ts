import { BlockList, isIP } from 'node:net';

const LOOPBACK = loopbackAddresses();

/** An address of this machine that no other machine reaches: `127.0.0.0/8`, `::1`, also as IPv4 in IPv6. */
export function isLoopbackAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** A host, in lower case and without brackets, that means this machine: a loopback address or a name of it. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isLoopbackAddress(host);
}

function loopbackAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  return list;
}
