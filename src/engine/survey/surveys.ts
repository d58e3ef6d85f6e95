import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { Survey, SurveyProposal } from '../../domain/survey.ts';
import type { TemplatePack } from '../../domain/template-pack.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';
import type { Accounts } from '../accounts.ts';
import type { TemplatePacks } from '../configs/template-packs.ts';
import { type Chosen, choose, type Wanted } from '../discovery/choose.ts';
import { discover } from '../discovery/discover.ts';
import { discoveredConfig } from '../discovery/discovered-config.ts';
import type { DiscoveredPack, Discovery } from '../discovery/discovery.ts';
import type { MetricExplorer } from '../fetching/metric-explorer.ts';
import { asListed, surveyedPack } from './surveyed-pack.ts';
import { isComparable, trafficOf } from './traffic.ts';
import { warningsOf } from './warnings.ts';

/** What somebody wants to know; what is absent is what is found. */
export interface SurveyWish extends Wanted {
  /** the metrics account; absent: the first */
  readonly account?: string | undefined;
  /** the label that tells versions apart */
  readonly label?: string | undefined;
  /** of the config; absent: the service */
  readonly name?: string | undefined;
  readonly application?: string | undefined;
  /** how much of the past to look at */
  readonly minutes: number;
}

interface SurveyParts {
  readonly accounts: Accounts;
  readonly metricExplorer: MetricExplorer;
  readonly templatePacks: TemplatePacks;
  /** milliseconds since 1970 */
  readonly now: () => number;
}

/** Looks at what an account has to judge. */
export type Surveys = (wish: SurveyWish, signal: AbortSignal) => Promise<Survey>;

const MINUTE = 60_000;
/** A window of so few minutes would have too few points a minute apart. */
const SHORT_MINUTES = 15;

/**
 * Surveys of accounts: the same discovery as `haldane init`, and beside it what runs now. They throw CanaryErrors of
 * the store, and REQUEST_INVALID for a pack of which there is nothing, or an account that cannot list series.
 */
export function createSurveys(parts: SurveyParts): Surveys {
  const { accounts, metricExplorer, templatePacks } = parts;
  return async (wish, signal) => {
    const { name: account, type } = accounts.metricsStore(wish.account);
    const packs = templatePacks.ofProvider(type);
    const discovery = await discover(metricExplorer.seriesSource(account, signal), packs, wish.label);
    requirePacks(discovery, wish.pack ?? []);
    const chosen = choose(discovery, wish);
    const { metrics } = discovery;
    return {
      ...{ account, type, metrics },
      packs: discovery.packs.map(surveyedPack),
      others: discovery.others.map((other) => ({ ...other, metrics: [...other.metrics], left: [...other.left] })),
      ...(chosen.packs.length === 0
        ? {}
        : { proposal: await propose({ ...parts, packs, account }, chosen, wish, signal) }),
    };
  };
}

function requirePacks({ packs }: Discovery, wanted: readonly string[]): void {
  const known = packs.map(({ id }) => id);
  const strange = wanted.find((id) => !known.includes(id));
  if (strange === undefined) return;
  const remedy = known.length === 0 ? 'no pack has metrics there' : `packs with metrics there: ${known.join(', ')}`;
  throw new CanaryError('REQUEST_INVALID', `pack: no metrics of '${strange}' were found; ${remedy}`);
}

interface Place extends SurveyParts {
  readonly packs: readonly TemplatePack[];
  readonly account: string;
}

async function propose(place: Place, chosen: Chosen, wish: SurveyWish, signal: AbortSignal): Promise<SurveyProposal> {
  const { templatePacks, metricExplorer, account } = place;
  const { packs, baseline, canary, location } = chosen;
  const [first] = packs;
  const name = wish.name ?? nameFrom(location);
  const configOf = (judged: readonly DiscoveredPack[]): CanaryConfig =>
    discoveredConfig(name, wish.application ?? name, judged);
  const requestOf = (control: string | undefined, experiment: string | undefined) =>
    requestFor({ control, experiment, location, minutes: wish.minutes, nowMillis: place.now() });
  const config = templatePacks.expand(configOf(packs));
  const listed = asListed(first?.versions);
  const seen = await trafficOf({ explorer: metricExplorer, account, config, requestOf, chosen, listed }, signal);
  const kept = isComparable(seen.versions, chosen) ? packs : packs.map((pack) => withoutTraffic(pack, place.packs));
  return {
    packs: packs.map(({ id }) => id),
    ...(first?.versions === undefined ? {} : { label: first.versions.label }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(canary === undefined ? {} : { canary }),
    ...(location === undefined ? {} : { location }),
    versions: seen.versions,
    ...(seen.traffic === undefined ? {} : { traffic: seen.traffic }),
    config: configOf(kept),
    request: requestOf(baseline, canary),
    warnings: warningsOf({ chosen, ...seen, minutes: wish.minutes, trafficLeftOut: kept !== packs }),
  };
}

/** Traffic says something only where both sides are meant to get as much. */
function withoutTraffic(pack: DiscoveredPack, packs: readonly TemplatePack[]): DiscoveredPack {
  const counts = packs.find(({ id }) => id === pack.id)?.metrics.filter(({ group }) => group === 'traffic') ?? [];
  const names = counts.map(({ name }) => name);
  const metrics = pack.metrics.filter((name) => !names.includes(name));
  return metrics.length === 0 ? pack : { ...pack, metrics };
}

interface Asked {
  readonly control: string | undefined;
  readonly experiment: string | undefined;
  readonly location: string | undefined;
  readonly minutes: number;
  readonly nowMillis: number;
}

function requestFor({ control, experiment, location, minutes, nowMillis }: Asked): CanaryExecutionRequest {
  const step = minutes <= SHORT_MINUTES ? 15 : 60;
  const end = Math.floor(nowMillis / (step * 1000)) * step * 1000;
  const window = { start: toInstant(end - minutes * MINUTE), end: toInstant(end), step };
  const side = (scope: string | undefined) => ({
    ...(scope === undefined ? {} : { scope }),
    ...(location === undefined ? {} : { location }),
    ...window,
  });
  return {
    scopes: { default: { controlScope: side(control), experimentScope: side(experiment) } },
    thresholds: { pass: 95, marginal: 75 },
  };
}

/** A name that Kayenta's clients accept, from that of a service. */
function nameFrom(location: string | undefined): string {
  const name = (location ?? '').replaceAll(/[^\w-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'canary' : name;
}
