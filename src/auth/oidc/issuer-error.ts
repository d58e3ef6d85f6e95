import { CanaryError, messageOf } from '../../errors.ts';

/** Nobody can be checked while the issuer of their credentials does not answer. */
export function issuerUnavailable(issuer: string, error: unknown): CanaryError {
  const cause = (error as { readonly cause?: { readonly code?: string } }).cause?.code;
  const message = `The issuer ${issuer} does not answer as it should (${cause ?? messageOf(error)}); try again later.`;
  return new CanaryError('ISSUER_UNAVAILABLE', message, { cause: error, retryAfterMillis: 5000 });
}
