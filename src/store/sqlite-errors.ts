import { CanaryError, messageOf } from '../errors.ts';

const ALONE = '. The service goes on by itself then.';
export const RESTORE = 'stop Haldane and restore it from a backup.';

/** SQLite's primary result codes that say that the file cannot be used now, and what to do. Source: sqlite.org/rescode */
const REMEDIES: Readonly<Record<number, string>> = {
  3: `check the file's owner and mode${ALONE}`,
  5: `another process has locked it; stop that one${ALONE}`,
  6: `another process has locked it; stop that one${ALONE}`,
  8: `make the file and its folder writable again${ALONE}`,
  10: `look at the disk and at the system's log${ALONE}`,
  11: RESTORE,
  13: `free space on its disk${ALONE}`,
  14: `check that its folder exists and is writable${ALONE}`,
  26: RESTORE,
};

/** Whether the file is no database, or a broken one. */
export function isDamage(error: unknown): boolean {
  return remedyOf(error) === RESTORE;
}

function remedyOf(error: unknown): string | undefined {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? REMEDIES[errcode & 0xff] : undefined;
}

/** Runs one statement of the file. @throws CanaryError STORE_UNUSABLE when it cannot be read or written now */
export function onFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const remedy = remedyOf(error);
    if (remedy === undefined) throw error;
    throw new CanaryError('STORE_UNUSABLE', `The store ${file} cannot be used: ${messageOf(error)}; ${remedy}`, {
      cause: error,
      retryAfterMillis: 5000,
    });
  }
}
