import { expect, it } from 'vitest';
import { isPrivateAddress } from '../../src/outbound/private-address.ts';

it.each(['fe80::1%eth0', '::ffff:192.168.0.1', 'not an address', ''])('the address %j is private', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});
