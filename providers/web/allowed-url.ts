import { hostOf, isPrivateHost } from '../../src/outbound/private-address.ts';
import { maskPath } from '../shared/http/path-secrets.ts';
import { URL_PATTERN, type WebAccount } from './account.ts';

/** The rules for where an account's requests may go. */
export type UrlRules = Pick<WebAccount, 'endpoint' | 'allowedUrlPatterns' | 'allowPrivate'>;

const MAX_LENGTH = 8192;

/** The address of a query: absolute if it has a scheme, else relative to the account's `endpoint.baseUrl`. */
export function addressOf({ endpoint }: UrlRules, text: string): URL | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return URL.parse(text) ?? undefined;
  if (endpoint === undefined) return undefined;
  return URL.parse(`${endpoint.baseUrl.replace(/\/+$/, '')}/${text.replace(/^\/+/, '')}`) ?? undefined;
}

/** Why requests must not go to an address; undefined when they may. Names are resolved and checked later. */
export function addressProblem(rules: UrlRules, url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is neither https nor http';
  if (url.username !== '' || url.password !== '')
    return 'must not contain user:password@; credentials belong to the account';
  if (url.href.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (climbs(url.pathname)) return "contains '..' in disguise; write the path it leads to";
  if (isBelowBase(rules, url)) return undefined;
  if (!rules.allowedUrlPatterns.some((pattern) => matches(pattern, url))) {
    const below =
      rules.endpoint === undefined
        ? ''
        : `is not below the account's ${maskPath(rules.endpoint.baseUrl, rules.endpoint.baseUrl)}, and `;
    return `${below}matches none of the account's allowedUrlPatterns (${rules.allowedUrlPatterns.join(', ') || 'none'})`;
  }
  if (!isTrusted(rules, url) && isPrivateHost(hostOf(url)))
    return `is private; the account's allowPrivate can allow it`;
  return undefined;
}

/** Whether the host may have a private address. */
export function isTrusted({ endpoint, allowPrivate }: UrlRules, url: URL): boolean {
  return allowPrivate || (endpoint !== undefined && hostOf(new URL(endpoint.baseUrl)) === hostOf(url));
}

/**
 * Whether a server that decodes the path once more, or takes `\\` for `/`, would find a `..` in it. Plain ones are gone
 * once a URL is parsed.
 */
function climbs(pathname: string): boolean {
  let path = pathname;
  for (let times = 0; times < MOST_DECODED; times++) {
    path = path.replaceAll(/%(2e|2f|5c|25)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    if (path.split(/[/\\]/).some((part) => /^\.\.(;.*)?$/.test(part))) return true;
  }
  return false;
}

/** A path may be encoded within an encoding. */
const MOST_DECODED = 5;

/** Compared after parsing, so that `..` and other spellings cannot escape it. */
function isBelowBase({ endpoint }: UrlRules, url: URL): boolean {
  if (endpoint === undefined) return false;
  const { origin, pathname } = new URL(endpoint.baseUrl);
  const folder = pathname.replace(/\/+$/, '');
  return url.origin === origin && (url.pathname === folder || url.pathname.startsWith(`${folder}/`));
}

function matches(pattern: string, url: URL): boolean {
  const [, scheme, anyPart, host = '', port = '', path = ''] = URL_PATTERN.exec(pattern) ?? [];
  const wanted = URL.parse(`${scheme}://${host}${port}/`);
  if (wanted === null || wanted.protocol !== url.protocol || wanted.port !== url.port) return false;
  const isHost = anyPart ? hostOf(url).endsWith(`.${hostOf(wanted)}`) : hostOf(url) === hostOf(wanted);
  const escaped = path.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*');
  return isHost && new RegExp(`^${escaped}$`, 's').test(url.pathname);
}
