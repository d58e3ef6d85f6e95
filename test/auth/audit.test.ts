import { expect, it, vi } from 'vitest';
import { createAudit } from '../../src/auth/audit.ts';
import type { AuditEntry } from '../../src/domain/access-stores.ts';
import { UNMEASURED } from '../../src/domain/service-metrics.ts';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const DONE = { kind: 'token', who: 'ci', what: 'deleteToken', from: '10.1.2.3', status: 404 };

it('stores what no database refuses, and asks for it in the same way', async () => {
  const entries: AuditEntry[] = [];
  const list = vi.fn(async () => entries);
  const store = { add: async (entry: AuditEntry) => void entries.push(entry), list, prune: async () => {} };
  const audit = createAudit({ store, newId: () => '1', now: () => 5, log, measure: UNMEASURED });
  audit.record({ ...DONE, object: 'a\0b\ud800' });
  await audit.list({ object: 'a\0b', limit: 1 });
  expect(entries).toEqual([{ ...DONE, id: '1', at: 5, object: 'a\ufffdb\ufffd' }]);
  expect(list).toHaveBeenCalledWith({ object: 'a\ufffdb', limit: 1 });
});

it('has the entry in the log when the store fails', async () => {
  const store = { add: () => Promise.reject(new Error('disk full')), list: async () => [], prune: async () => {} };
  createAudit({ store, newId: () => '1', now: () => 5, log, measure: UNMEASURED }).record(DONE);
  await vi.waitFor(() =>
    expect(log.error).toHaveBeenCalledWith(expect.objectContaining({ audit: DONE }), expect.any(String)),
  );
  expect(log.info).toHaveBeenCalledWith({ audit: DONE }, 'audit');
});
