import type { Principal } from '../domain/principal.ts';
import { type Authenticate, createAuthenticator, type ProxySettings } from './authenticator.ts';
import { createJwtCheck, type Issuer } from './oidc/jwt-check.ts';
import { createLogin, type Login, type LoginSettings } from './oidc/login.ts';
import type { Rule } from './rules.ts';
import type { Tokens } from './tokens.ts';

/** Who is let in, as the configuration says it. */
export interface AccessRules {
  readonly adminToken?: string | undefined;
  readonly oidc?: readonly (Issuer & { readonly login?: LoginSettings | undefined })[] | undefined;
  readonly certificates?: { readonly rules: readonly Rule[] } | undefined;
  readonly proxy?: ProxySettings | undefined;
}

/** Finds out who sends a request, by rules that may be replaced. */
export interface Access {
  readonly authenticate: Authenticate;
  /** of browsers; absent: no issuer has one */
  readonly login?: Login | undefined;
  /** Whether browsers log in cannot be replaced: pages depend on it. */
  replace(rules: AccessRules): void;
}

interface Ways {
  readonly authenticate: Authenticate;
  readonly login: Login | undefined;
}

export function createAccess(rules: AccessRules, tokens: Pick<Tokens, 'principalOf'>): Access {
  let ways = waysIn(rules, tokens);
  return {
    authenticate: (credentials): Promise<Principal> => ways.authenticate(credentials),
    ...(ways.login && { login: alwaysLatest(() => ways.login as Login) }),
    replace: (next) => {
      ways = waysIn(next, tokens);
    },
  };
}

function waysIn(rules: AccessRules, tokens: Pick<Tokens, 'principalOf'>): Ways {
  const issuer = rules.oidc?.find(({ login }) => login !== undefined);
  const login = issuer?.login && createLogin(issuer, issuer.login);
  const jwts = rules.oidc && createJwtCheck(rules.oidc);
  return { login, authenticate: createAuthenticator({ ...rules, tokens, jwts, sessions: login?.sessions }) };
}

function alwaysLatest(latest: () => Login): Login {
  return {
    get sessions() {
      return latest().sessions;
    },
    get secure() {
      return latest().secure;
    },
    get loginSeconds() {
      return latest().loginSeconds;
    },
    begin: (returnTo) => latest().begin(returnTo),
    end: (query, kept) => latest().end(query, kept),
  };
}
