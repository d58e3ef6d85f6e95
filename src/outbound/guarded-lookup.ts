import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

export type Resolve = (
  hostname: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface LookupGuard {
  /** Creates the error for a name without a public address: it has private ones, or is not known at all. */
  readonly refuse: (hostname: string) => Error;
  /** names that may have one; none when absent */
  readonly trusts?: (hostname: string) => boolean;
  /** the resolver; the system's when absent */
  readonly resolve?: Resolve | undefined;
}

/**
 * Resolves names for a connection and rejects private addresses. The connection goes to the address that was checked,
 * so DNS rebinding gains nothing. Node does not look up literal addresses: check a URL that contains one first.
 *
 * Names that are not known and names of this network get one error: else it would tell which of the latter there are.
 */
export function guardedLookup({ refuse, trusts, resolve = systemLookup }: LookupGuard): LookupFunction {
  return (hostname, options, callback) => {
    const trusted = trusts?.(hostname.replace(/\.$/, '')) ?? false;
    resolve(hostname, { ...options, all: true }, (error, addresses = []) => {
      const [first] = addresses;
      const unknown = error === null ? first === undefined : UNKNOWN.has(error.code ?? '');
      if (!trusted && (unknown || addresses.some(({ address }) => isPrivateAddress(address)))) {
        return callback(refuse(hostname), []);
      }
      if (error !== null || first === undefined) {
        return callback(error ?? new Error(`'${hostname}' has no address`), []);
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** What resolvers say of a name that they do not know, or that has no address. */
const UNKNOWN = new Set(['ENOTFOUND', 'ENODATA']);
