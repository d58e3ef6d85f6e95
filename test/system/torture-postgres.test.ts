import { afterAll, describe } from 'vitest';
import { type PostgresServer, query, requiredPostgres } from '../support/servers/postgres-server.ts';
import { describeTorture, type TorturePlace } from '../support/torture/torture-suite.ts';

const postgres = await requiredPostgres();

describe.skipIf(postgres === undefined)('with a database of its own', () => {
  afterAll(() => postgres?.stop());
  describeTorture({ name: 'PostgreSQL', jobs: 150, kills: 15, newPlace: () => database(postgres as PostgresServer) });
});

async function database(server: PostgresServer): Promise<TorturePlace> {
  const url = await server.createDatabase();
  return {
    settings: { store: { type: 'postgres', url } },
    async count(from) {
      const [row] = await query<{ rows: string }>(url, `select count(*) as rows ${from}`);
      return Number(row?.rows);
    },
  };
}
