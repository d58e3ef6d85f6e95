import type { Account } from '../../domain/account.ts';

const numbers = new WeakMap<Account, number>();
let last = 0;

/** For keys of caches: an account that is configured anew under its old name may be of another store. */
export function accountNumber(account: Account): number {
  const number = numbers.get(account) ?? ++last;
  numbers.set(account, number);
  return number;
}
