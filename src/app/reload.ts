import type { Access } from '../auth/access.ts';
import { type Changes, changesOf, renewedAccounts, withReloaded } from '../config/changes.ts';
import type { Config } from '../config/config.ts';
import type { Callbacks } from '../engine/callbacks/callbacks.ts';
import type { AccountChecks } from '../engine/fetching/account-checks.ts';
import type { MetricsFetcher } from '../engine/fetching/metrics-fetcher.ts';
import type { HttpServer, Service } from '../http/service.ts';
import { certificateRenewal } from '../http/tls-options.ts';

/** The parts of a service that may be configured anew while it runs. */
interface Reloadable {
  readonly service: Pick<Service, 'accounts'>;
  readonly callbacks: Callbacks;
  readonly fetcher: MetricsFetcher;
  readonly accountChecks: AccountChecks;
  readonly access: Access | undefined;
  readonly http: HttpServer;
}

/** @returns takes a configuration that was read again: see `App.reload` */
export function createReload(
  started: Config,
  { service, callbacks, fetcher, accountChecks, access, http }: Reloadable,
) {
  let current = started;
  return (next: Config): Changes => {
    const changes = changesOf(current, next);
    const taken = withReloaded(current, next, changes);
    // What may be refused comes first.
    const renewCertificate = certificateRenewal(http, taken.server.tls);
    service.accounts.replace(taken.accounts, renewedAccounts(current, taken));
    renewCertificate();
    access?.replace(taken.auth);
    callbacks.useSecret(taken.callbacks.secret);
    fetcher.limit(taken.accounts);
    accountChecks.forget();
    current = taken;
    return changes;
  };
}
