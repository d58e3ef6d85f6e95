import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { gates } from '../gates/index.ts';
import type { Gate, GateAsk, GateCall, GateReply, GateRole, GateRoute, GateStanding } from '../src/domain/gate.ts';
import { PERMISSIONS } from '../src/domain/permission.ts';
import { VERDICT_WORDS, type VerdictName } from '../src/domain/verdict-report.ts';
import { CanaryError } from '../src/errors.ts';
import { deepFrozen, standingOf } from './support/gate-standing.ts';

/** What every gate has fixtures of. */
const OCCASIONS = ['waiting', 'pass', 'marginal', 'fail', 'no-verdict', 'malformed'] as const;
type Occasion = (typeof OCCASIONS)[number];
/** The verdicts that a fixture of an occasion may stand for. */
const VERDICTS_OF: Readonly<Record<Exclude<Occasion, 'malformed'>, readonly (VerdictName | undefined)[]>> = {
  waiting: ['running', undefined],
  pass: ['pass'],
  marginal: ['marginal'],
  fail: ['fail'],
  'no-verdict': ['nodata', 'error', 'canceled'],
};

/** A call, what it asks for, and the reply that a standing gets. */
interface Fixture {
  readonly operationId: string;
  readonly call: GateCall;
  readonly ask?: GateAsk;
  readonly standing?: Partial<GateStanding> & { readonly verdict?: GateStanding['verdict'] };
  readonly reply?: GateReply;
  /** of a malformed call: parts of the message */
  readonly refused?: readonly string[];
}

function fixturesOf(gate: Gate, occasion: Occasion): Fixture[] {
  return JSON.parse(readFileSync(`test/fixtures/gates/${gate.name}/${occasion}.json`, 'utf8'));
}

function routeOf(gate: Gate, { operationId }: Fixture): GateRoute {
  const route = gate.routes.find((one) => one.operationId === operationId);
  if (route === undefined) throw new Error(`${gate.name} has no route ${operationId}`);
  return route;
}

/** The call as the service hands it over, or why the service refuses it. */
function read(route: GateRoute, call: GateCall): { call: GateCall } | { refusal: string } {
  const parts: [keyof GateCall, z.ZodType | undefined][] = [
    ['params', route.Params],
    ['query', route.Query],
    ['body', route.Body],
  ];
  const result: Record<string, unknown> = { nowMillis: call.nowMillis };
  for (const [part, schema] of parts) {
    const parsed = schema?.safeParse(call[part]);
    if (parsed?.success === false) {
      const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      return { refusal: issues.join('; ') };
    }
    result[part] = parsed?.data;
  }
  return { call: deepFrozen(result as unknown as GateCall) };
}

function readWell(route: GateRoute, call: GateCall): GateCall {
  const read_ = read(route, call);
  if ('refusal' in read_) throw new Error(read_.refusal);
  return read_.call;
}

const rolesThatDecide: Readonly<Record<Exclude<GateRole, 'tells'>, (verdict: VerdictName) => boolean>> = {
  holds: (verdict) => verdict === 'pass',
  watches: (verdict) => verdict !== 'fail',
  'rolls-back': (verdict) => verdict === 'fail',
};

describe.each(gates)('the gate $name', (gate) => {
  it('has fixtures of every occasion, and one for every route', () => {
    const folder = `test/fixtures/gates/${gate.name}`;
    expect(existsSync(folder) && readdirSync(folder).sort()).toEqual(OCCASIONS.map((name) => `${name}.json`).sort());
    const shown = new Set(OCCASIONS.flatMap((occasion) => fixturesOf(gate, occasion).map((one) => one.operationId)));
    expect(gate.routes.map(({ operationId }) => operationId).filter((id) => !shown.has(id))).toEqual([]);
  });

  it.each(OCCASIONS.filter((occasion) => occasion !== 'malformed'))('translates %s both ways', (occasion) => {
    for (const fixture of fixturesOf(gate, occasion)) {
      const route = routeOf(gate, fixture);
      const call = readWell(route, fixture.call);
      expect(VERDICTS_OF[occasion]).toContain(fixture.standing?.verdict?.verdict);
      expect(json(route.toAsk(call))).toEqual(fixture.ask);
      const standing = deepFrozen(standingOf({ ...fixture.standing, nowMillis: fixture.call.nowMillis }));
      expect(json(route.toReply(standing, call))).toEqual(fixture.reply);
    }
  });

  it('refuses a malformed call with the field and a remedy, in the manner of the tool', () => {
    for (const fixture of fixturesOf(gate, 'malformed')) {
      const route = routeOf(gate, fixture);
      const message = refusalOf(route, fixture.call);
      for (const part of fixture.refused ?? ['a remedy']) expect(message).toContain(part);
      const reply = route.toRefusal?.({ status: 400, message }) ?? { status: 400, body: message };
      expect(gate.isGo(reply)).toBe(false);
      expect(JSON.stringify(reply.body)).toContain(fixture.refused?.[0]);
    }
  });

  it('is never open to a refusal, whatever it is for', () => {
    for (const route of gate.routes) {
      for (const status of [400, 401, 403, 404, 409, 429, 500, 503]) {
        const reply = route.toRefusal?.({ status, message: 'why' });
        if (reply !== undefined) expect(gate.isGo(reply)).toBe(false);
      }
    }
  });

  it.each(VERDICT_WORDS)('goes on with the verdict %s only where its role says so', (verdict) => {
    for (const fixture of fixturesOf(gate, 'pass')) {
      const route = routeOf(gate, fixture);
      if (route.role === 'tells') continue;
      const call = readWell(route, fixture.call);
      const standing = standingOf({ ...fixture.standing, nowMillis: fixture.call.nowMillis }, verdict);
      expect([route.operationId, gate.isGo(route.toReply(standing, call))]).toEqual([
        route.operationId,
        rolesThatDecide[route.role](verdict),
      ]);
    }
  });

  it('has the address of the report in every answer about a verdict', () => {
    for (const fixture of fixturesOf(gate, 'fail')) {
      const { verdict } = fixture.standing ?? {};
      const text = JSON.stringify(fixture.reply);
      if (routeOf(gate, fixture).role !== 'tells') expect(text).toContain(verdict?.links.report);
    }
  });

  it('makes the key from what the tool sends, the same for the same release and another for another', () => {
    for (const fixture of fixturesOf(gate, 'waiting')) {
      const route = routeOf(gate, fixture);
      const key = (call: GateCall) => route.toAsk(readWell(route, call)).key;
      const later = { ...fixture.call, nowMillis: fixture.call.nowMillis + 3_600_000 };
      expect(key(later)).toEqual(key(fixture.call));
      expect(key(fixture.call).every((part) => part !== '')).toBe(true);
    }
  });

  it('describes its routes, each with a permission that there is', () => {
    for (const { method, path, permission, operationId, summary, description, replies } of gate.routes) {
      expect(Object.hasOwn(PERMISSIONS, permission)).toBe(true);
      expect([method, path, operationId]).toEqual([
        expect.stringMatching(/^(GET|POST)$/),
        expect.stringMatching(/^\/[a-z]/),
        expect.stringMatching(/^[a-z][A-Za-z]+$/),
      ]);
      expect([summary.length, description.length].every((length) => length > 5)).toBe(true);
      expect(Object.keys(replies)).not.toEqual([]);
    }
  });
});

/** Why a malformed call is refused, by its schemas or by the gate. */
function refusalOf(route: GateRoute, sent: GateCall): string {
  const known = read(route, sent);
  if ('refusal' in known) return known.refusal;
  try {
    route.toAsk(known.call);
  } catch (error) {
    if (error instanceof CanaryError && error.status >= 400 && error.status < 500) return error.message;
    throw error;
  }
  throw new Error(`${route.operationId} takes a malformed call`);
}

/** Without fields that are undefined. */
function json(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
