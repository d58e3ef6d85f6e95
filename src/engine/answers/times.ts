import { toInstant } from '../../domain/values/instant.ts';

/** `startTimeMillis` and `startTimeIso`; nothing when there is no time. */
export function times(name: 'start' | 'end', millis: number | undefined): Record<string, never> {
  if (millis === undefined) return {};
  return { [`${name}TimeMillis`]: millis, [`${name}TimeIso`]: toInstant(millis) } as Record<string, never>;
}
