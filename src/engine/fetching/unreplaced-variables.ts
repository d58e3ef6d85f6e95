import type { Companion } from '../../domain/companion-series.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { knownKeysAt } from '../../domain/unknown-keys.ts';
import { fieldPath } from '../../domain/values/field-path.ts';
import type { MetricQuery } from './plan-queries.ts';

/** A variable in a field of a query that has none: it is sent to the store as it is written. */
export interface UnreplacedVariable {
  readonly metricIndex: number;
  /** below the query: `metricName` */
  readonly field: string;
  readonly message: string;
}

/** `$${name}` is a `${name}` on purpose. */
const VARIABLE = /(?<!\$)\$\\?\{([A-Za-z_]\w*)\}/g;

/** What is written as a variable and is still there in the text that is sent. @param companion of which to look */
export function unreplacedVariables(queries: readonly MetricQuery[], companion?: Companion): UnreplacedVariable[] {
  return queries.flatMap((asked) => {
    const { side, request, metricIndex, provider } = asked;
    if (side !== 'control' || asked.companion !== companion) return [];
    // Some languages escape the sign.
    const sent = request.text.replaceAll('\\$', '$');
    return textsIn(request.metric.query).flatMap(({ path, text }) =>
      path[0] === 'customInlineTemplate' || !sent.includes(text)
        ? []
        : variablesIn(text).map((variable) => ({
            metricIndex,
            field: fieldPath(path),
            message: `${variable} is not replaced in this field, and is sent as it is${remedyFor(provider)}.`,
          })),
    );
  });
}

function remedyFor({ Query }: MetricsProvider): string {
  const hasTemplate = knownKeysAt(Query, []).includes('customInlineTemplate');
  return hasTemplate ? '; write the query as customInlineTemplate, where it is' : '';
}

function variablesIn(text: string): string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map(([, name]) => `\${${name}}`))];
}

interface FieldText {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

function textsIn(value: unknown, path: readonly PropertyKey[] = []): FieldText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const step = Array.isArray(value) ? Number(key) : key;
    return textsIn(field, [...path, step]);
  });
}
