import type { z } from 'zod';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { type UnknownKey, unknownKeys } from '../../domain/unknown-keys.ts';
import type { RunningParts } from '../configs/running-problems.ts';
import { unknownConfigKeys } from '../configs/unknown-config-keys.ts';

/** A part of a request as it was sent, before its schema left out what it does not know. */
export interface SentPart {
  readonly Schema: z.ZodType;
  readonly value: unknown;
}

export interface SentStart {
  readonly config: CanaryConfig;
  /** the config as it was sent; absent: a stored one */
  readonly sentConfig?: unknown;
  /** scopes, thresholds and the like */
  readonly request: SentPart;
  /** the query string */
  readonly parameters?: SentPart | undefined;
}

/** The fields and parameters of a start that nobody reads: they prevent nothing, as in Kayenta. */
export function unreadFields({ config, sentConfig = config, request, parameters }: SentStart, parts: RunningParts) {
  const ofRequest = unknownKeys(request.Schema, request.value);
  return [...unknownConfigKeys(sentConfig, parts), ...ofRequest, ...unreadParameters(parameters)];
}

/** Clients of Kayenta say of every start where its config is stored. */
function unreadParameters(parameters: SentPart | undefined): UnknownKey[] {
  if (parameters === undefined) return [];
  return unknownKeys(parameters.Schema, parameters.value)
    .filter(({ path }) => path !== 'configurationAccountName')
    .map(({ path, message }) => ({ path: `?${path}`, message }));
}
