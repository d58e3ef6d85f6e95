import type { z } from 'zod';
import type { CanaryClassifierThresholdsConfig } from './canary-config.ts';
import type { Permission } from './permission.ts';
import type { VerdictReport } from './verdict-report.ts';

/**
 * Lets another tool act on a verdict: routes in that tool's dialect. A gate is a value and only translates: what the
 * tool sends into a {@link GateAsk}, what is known into a {@link GateReply}. It starts nothing and stores nothing itself.
 */
export interface Gate {
  /** `flagger`; names of different gates have nothing to do with each other */
  readonly name: string;
  /** Whether the tool acts on a reply: goes on, or for a route that rolls back, rolls back. */
  isGo(reply: GateReply): boolean;
  readonly routes: readonly GateRoute[];
}

/**
 * What a reply decides. `holds`: the release goes on only with a pass. `watches`: it goes on unless the verdict is fail.
 * `rolls-back`: it is rolled back only with a fail. `tells`: nothing depends on the verdict.
 */
export type GateRole = 'holds' | 'watches' | 'rolls-back' | 'tells';

/** One route of a gate. Everything in it is pure. */
export interface GateRoute<Call extends GateCall = GateCall> {
  readonly method: 'GET' | 'POST';
  /** `/hooks/flagger/:hook/:config` */
  readonly path: string;
  readonly permission: Permission;
  readonly role: GateRole;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly Params: z.ZodType<Call['params']>;
  readonly Query?: z.ZodType<Call['query']>;
  /** absent: the tool sends none */
  readonly Body?: z.ZodType<Call['body']>;
  /** The answers by status, for the description; text unless it has a schema. */
  readonly replies: Readonly<Record<number, GateReplyShape>>;
  /** @throws CanaryError REQUEST_INVALID naming field, value and remedy */
  toAsk(call: Call): GateAsk;
  toReply(standing: GateStanding, call: Call): GateReply;
  /** A refusal as the tool shows it to people. Absent: the error of every other route. */
  toRefusal?(refusal: GateRefusal): GateReply;
}

export interface GateReplyShape {
  readonly description: string;
  /** of a reply in JSON; absent: plain text */
  readonly schema?: z.ZodType;
}

/** What a tool sent, read by the schemas of the route. */
export interface GateCall<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly nowMillis: number;
}

/** What a tool asks for, in our words. `look`: what is known; nothing is started. */
export type GateAsk = (GateRelation & { readonly act: 'look' }) | GateJudgeAsk;

/**
 * `judge`: judge, unless that is under way or was done a moment ago. `check`: whether a judgement could be started, and
 * its metrics stores answer.
 */
export interface GateJudgeAsk extends GateRelation {
  readonly act: 'judge' | 'check';
  readonly canary: GateCanary;
}

/** Which release an ask is about. */
export interface GateRelation {
  /** What the tool releases, by its own identity: asks with the same key are about the same release. */
  readonly key: readonly string[];
  /** id of a stored config, or its name where only one is called so */
  readonly config: string;
  /** Marks of which one means that the release that was known by this key is over: the ask begins another. */
  readonly overAfter?: readonly string[];
  /** a mark counts only once it is so old; absent: at once */
  readonly graceMillis?: number;
}

/** What to judge. */
export interface GateCanary {
  readonly controlScope: string;
  readonly experimentScope: string;
  readonly controlLocation?: string | undefined;
  readonly experimentLocation?: string | undefined;
  /** seconds; absent: 60 */
  readonly step?: number | undefined;
  readonly extendedScopeParams?: Readonly<Record<string, string>> | undefined;
  /** milliseconds since 1970; absent: when a judgement was first asked for */
  readonly startMillis?: number | undefined;
  /** absent: `lastsMillis` after the start; or now, again and again. A window that has not ended is waited for */
  readonly endMillis?: number | undefined;
  /** the length of the window; only where its end is not named */
  readonly lastsMillis?: number | undefined;
  /** absent: those of the config */
  readonly thresholds?: CanaryClassifierThresholdsConfig | undefined;
  /** absent: the first of the config */
  readonly application?: string | undefined;
  /** absent: the first metrics store */
  readonly metricsAccountName?: string | undefined;
  /** notified of the end of the judgement, as every `callbackUrl` */
  readonly callbackUrl?: string | undefined;
}

/** What is known of a release. */
export interface GateStanding {
  /** of the newest judgement that has ended, or else of the one under way; absent: there is none yet */
  readonly verdict?: VerdictReport | undefined;
  /** the end of the window of that judgement; milliseconds since 1970 */
  readonly judgedUntilMillis?: number | undefined;
  /** whether a newer judgement is under way */
  readonly isJudging: boolean;
  /** when a judgement was first asked for; absent: none was yet */
  readonly begunMillis?: number | undefined;
  readonly nowMillis: number;
  /** what earlier replies remembered */
  readonly marks: GateMarks;
  /** after a `check`: why no judgement could be made; absent: one could */
  readonly problem?: string | undefined;
}

/** Moments of a release, by name; milliseconds since 1970. */
export type GateMarks = Readonly<Record<string, number>>;

export interface GateReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** a text is sent as text/plain, everything else as JSON */
  readonly body: unknown;
  /** marks to set; a mark that is set already is overwritten */
  readonly remember?: GateMarks;
}

/** Why a call cannot be answered. */
export interface GateRefusal {
  /** the HTTP status that every other route would answer */
  readonly status: number;
  readonly message: string;
}

/** A route with its types checked against each other; the registry holds routes of all kinds. */
export function gateRoute<Params, Query, Body>(route: GateRoute<GateCall<Params, Query, Body>>): GateRoute {
  return route as unknown as GateRoute;
}
