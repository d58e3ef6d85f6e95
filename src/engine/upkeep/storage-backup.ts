import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { StoreUpkeep } from '../../domain/store-upkeep.ts';
import { CanaryError, messageOf } from '../../errors.ts';

/**
 * A copy of everything that is stored, as the bytes of its file; taken while the service works. The file is made in the
 * folder and is gone once it has been opened.
 *
 * @throws CanaryError REQUEST_INVALID for a database with tools of its own, STORE_UNUSABLE when there is no room
 */
export async function storageBackup({ backup }: StoreUpkeep, folder: string): Promise<Readable> {
  if (backup === undefined) {
    throw new CanaryError(
      'REQUEST_INVALID',
      'the store is a PostgreSQL, which has tools of its own: pg_dump --format=custom writes a copy while Haldane ' +
        'works, pg_restore reads it into an empty database',
    );
  }
  const file = join(folder, `backup-${randomUUID()}.sqlite`);
  try {
    await backup(file);
    return (await open(file, 'r')).createReadStream();
  } catch (error) {
    throw new CanaryError('STORE_UNUSABLE', `no copy could be made in ${folder}: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await rm(file, { force: true });
  }
}
