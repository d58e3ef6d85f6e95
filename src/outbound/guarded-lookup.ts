import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

export type Resolve = (
  hostname: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface LookupGuard {
  /** Makes the error for a name that has a private address. */
  readonly refuse: (hostname: string) => Error;
  /** which names may have one; none when absent */
  readonly trusts?: (hostname: string) => boolean;
  /** how names are resolved; by the system when absent */
  readonly resolve?: Resolve | undefined;
}

/**
 * Resolves names for a connection, and refuses one that has a private address. The connection is made to the address
 * that was checked, so a name that resolves to something else a moment later gains nothing (DNS rebinding). Node does not
 * look up addresses: check a URL that holds one before.
 */
export function guardedLookup({ refuse, trusts, resolve = systemLookup }: LookupGuard): LookupFunction {
  return (hostname, options, callback) => {
    const trusted = trusts?.(hostname.replace(/\.$/, '')) ?? false;
    resolve(hostname, { ...options, all: true }, (error, addresses = []) => {
      const [first] = addresses;
      if (error !== null || first === undefined) {
        return callback(error ?? new Error(`'${hostname}' has no address`), []);
      }
      if (!trusted && addresses.some(({ address }) => isPrivateAddress(address))) return callback(refuse(hostname), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
