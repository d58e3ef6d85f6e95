import type { Health } from './health.ts';

/** Why an instance takes requests, or does not; each in a word or a sentence. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: {
    readonly store: string;
    readonly migrations: string;
    readonly draining: string;
  };
}

const OK = 'ok';

interface ReadinessParts {
  readonly health: Pick<Health, 'check'>;
  /** names of migrations of this version that the store has not */
  readonly missingMigrations: () => Promise<readonly string[]>;
  readonly runs: { readonly enabled: boolean };
}

/** Whether this instance should get requests. Never rejects. @returns asked with whether the service is closing */
export function createReadiness({ health, missingMigrations, runs }: ReadinessParts) {
  return async (closing: boolean): Promise<Readiness> => {
    const { store } = (await health.check(false)).components;
    const checks = {
      store: store.status === 'UP' ? OK : (store.error ?? 'down'),
      migrations: store.status === 'UP' ? await migrationsWord(missingMigrations) : 'not known: the store is down',
      draining: drainingWord(closing, runs.enabled),
    };
    return { ready: Object.values(checks).every((word) => word === OK), checks };
  };
}

async function migrationsWord(missingMigrations: ReadinessParts['missingMigrations']): Promise<string> {
  const missing = await missingMigrations().catch(() => undefined);
  if (missing === undefined) return 'not known: they cannot be read';
  if (missing.length === 0) return OK;
  return `missing: ${missing.join(', ')}; start again, which migrates, or restore a newer backup`;
}

function drainingWord(closing: boolean, enabled: boolean): string {
  if (closing) return 'the instance is stopping';
  return enabled ? OK : 'the instance is disabled: it finishes its runs and starts no more';
}
