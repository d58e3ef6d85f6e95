import type { Refusal } from '../shared/http/failures.ts';

/** Errors of a function with wrong arguments; a retry would fail again. */
const BAD_ARGUMENT = /^(TypeError|ValueError|KeyError|IndexError|AttributeError|InputParameterError)\b/;
/** Files in which such errors are raised. */
const IN_FUNCTION = /\/render\/(functions|evaluator)\.py$|\/functions\/custom\//;

/** Reads an error of graphite-web: a line of text, or a page with a Python stack trace. */
export function readRefusal(status: number, body: string): Refusal {
  const text = plainText(body);
  const trace = status === 500 ? traceIn(text) : undefined;
  if (trace === undefined) return { text };
  const error = trace.split('\n').at(-1) ?? '';
  if (error.includes('Timed out after')) return { code: 'METRICS_STORE_TIMEOUT', text: error };
  if (BAD_ARGUMENT.test(error) && IN_FUNCTION.test(raisedIn(trace))) {
    return { code: 'METRICS_QUERY_REJECTED', text: error, remedy: "check the arguments of the target's functions" };
  }
  return { text: error };
}

/** The last stack trace of a page: an error raised while handling another one comes after it. */
function traceIn(page: string): string | undefined {
  const [, ...traces] = page.split('Traceback (most recent call last):');
  return traces.at(-1)?.split('</pre>', 1)[0]?.trim();
}

function raisedIn(trace: string): string {
  return [...trace.matchAll(/File "([^"\n]+)"/g)].at(-1)?.[1] ?? '';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&#39;': "'",
  '&amp;': '&',
};

function plainText(html: string): string {
  return html.replace(/&(?:lt|gt|quot|amp|#x27|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}
