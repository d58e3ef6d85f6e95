import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

export type Resolve = (
  hostname: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface LookupGuard {
  /** Creates the error for a name with a private address. */
  readonly refuse: (hostname: string) => Error;
  /** names that may have one; none when absent */
  readonly trusts?: (hostname: string) => boolean;
  /** the resolver; the system's when absent */
  readonly resolve?: Resolve | undefined;
}

/**
 * Resolves names for a connection and rejects private addresses. The connection goes to the address that was checked,
 * so DNS rebinding gains nothing. Node does not look up literal addresses: check a URL that contains one first.
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
