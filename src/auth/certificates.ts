import type { PeerCertificate } from 'node:tls';
import type { Principal } from '../domain/principal.ts';
import { CanaryError } from '../errors.ts';
import { type Claims, firstRule, type Rule } from './rules.ts';

/** What a client certificate says of its holder: `cn`, `ou`, `o`, and `san` such as `DNS:argo` or `URI:spiffe://…`. */
export function certificateClaims({ subject, subjectaltname = '' }: PeerCertificate): Claims {
  const { CN: cn, OU: ou, O: o } = subject ?? {};
  return { cn, ou, o, san: subjectaltname === '' ? [] : subjectaltname.split(', ') };
}

/** @throws CanaryError PERMISSION_DENIED when no rule matches */
export function certificatePrincipal(rules: readonly Rule[], claims: Claims): Principal {
  const rule = firstRule(rules, claims);
  if (rule === undefined) {
    const message = 'No rule of auth.certificates.rules is for this certificate: they look at cn, ou, o and san.';
    throw new CanaryError('PERMISSION_DENIED', message);
  }
  const { role, applications, accounts } = rule;
  return { kind: 'certificate', name: String(claims.cn ?? 'unnamed').slice(0, 200), role, applications, accounts };
}
