import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

/**
 * Resolves names for a connection, and refuses one that has a private address. The connection is made to what was
 * checked, so a name that resolves to something else a moment later gains nothing. Addresses are not resolved: check
 * them before.
 *
 * @param onRefused told the name that is refused
 */
export function guardedLookup(onRefused: (hostname: string) => void): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[] = []) => {
      const [first] = addresses;
      if (error !== null || first === undefined) {
        return callback(error ?? new Error(`'${hostname}' has no address`), []);
      }
      if (addresses.some(({ address }) => isPrivateAddress(address))) {
        onRefused(hostname);
        return callback(new Error(`'${hostname}' has a private address`), []);
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
