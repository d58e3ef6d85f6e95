import type { CanaryConfig } from '../../domain/canary-config.ts';
import { CanaryError } from '../../errors.ts';

interface AdhocBody<Request> {
  readonly canaryConfig?: CanaryConfig | undefined;
  readonly executionRequest?: Request | undefined;
}

/** Both parts of an ad-hoc start, which the schema leaves optional as Kayenta does. @throws CanaryError REQUEST_INVALID */
export function bothParts<Request>({ canaryConfig, executionRequest }: AdhocBody<Request>) {
  if (canaryConfig === undefined) throw missing('canaryConfig');
  if (executionRequest === undefined) throw missing('executionRequest');
  return { canaryConfig, executionRequest };
}

function missing(field: string): CanaryError {
  return new CanaryError('REQUEST_INVALID', `${field} must be provided for ad-hoc requests`);
}
