import type { CallbackTarget } from '../../domain/callback.ts';
import { toInstant } from '../../domain/values/instant.ts';

/** The end of a run or an analysis. */
export interface EndedEvent {
  /** of the delivery: an event that is delivered twice has the same id */
  readonly id: string;
  readonly target: CallbackTarget;
  /** of the run or the analysis */
  readonly targetId: string;
  /** milliseconds since 1970 */
  readonly endMillis: number;
  /** which service it is: a URI reference */
  readonly source: string;
  /** what is told otherwise: JSON */
  readonly json: string;
}

export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/**
 * An end as a CloudEvent 1.0 in structured mode: the text to send, with {@link CLOUD_EVENT_TYPE}.
 *
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md and
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function cloudEventText({ id, target, targetId, endMillis, source, json }: EndedEvent): string {
  const attributes = {
    specversion: '1.0',
    id,
    source,
    type: `haldane.${target}.completed`,
    subject: targetId,
    time: toInstant(endMillis),
    datacontenttype: 'application/json',
  };
  // The data as they are: numbers that are none have our own form.
  return `${JSON.stringify(attributes).slice(0, -1)},"data":${json}}`;
}
