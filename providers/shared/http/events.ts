/** One record of a stream of server-sent events. */
export interface StreamEvent {
  /** `message` by default */
  readonly event: string;
  /** its `data` lines, joined by line breaks */
  readonly data: string;
}

/**
 * The records of a complete `text/event-stream`, parsed as browsers do: a blank line ends a record, lines end with LF,
 * CR or CRLF, a record without `data` is ignored, and text after the last blank line was truncated and is ignored.
 * Comments, `id`, `retry` and unknown fields are ignored.
 *
 * Source: HTML Living Standard, "Server-sent events", 9.2.6 "Interpreting an event stream".
 */
export function readEvents(stream: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  let event = '';
  let data: string[] = [];
  for (const line of completeLines(stream)) {
    if (line === '') {
      if (data.length > 0) events.push({ event: event || 'message', data: data.join('\n') });
      event = '';
      data = [];
      continue;
    }
    const [field, value] = fieldOf(line);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
  }
  return events;
}

/** An unterminated last line is not a line. One at a time: there may be millions. */
function* completeLines(stream: string): Generator<string> {
  const unmarked = stream.startsWith('\uFEFF') ? stream.slice(1) : stream;
  const text = unmarked.includes('\r') ? unmarked.replace(/\r\n?/g, '\n') : unmarked;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
}

/** `name: value`, with at most one blank after the colon; a line without a colon is a name. */
function fieldOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  return [line.slice(0, colon), line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)];
}
