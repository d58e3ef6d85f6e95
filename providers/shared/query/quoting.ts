/** A kind of quoted text of a query language. */
export interface Quote {
  readonly open: string;
  readonly close: string;
  /** what comes before it, blanks aside; absent: anything. A `/` after a value divides */
  readonly after?: RegExp;
  /** the character within that takes the next one's meaning away */
  readonly escapeCharacter?: string;
  /**
   * A value as it is written within. Absent: characters with a meaning cannot be written, so a value with one of
   * {@link refused} is refused.
   */
  readonly escape?: (value: string) => string;
  readonly refused?: RegExp;
  /** for JSON: a value within a text in quotes that is itself within this quote */
  readonly escapeInner?: (value: string) => string;
}

/** What of a query language decides where its quoted texts begin and end. */
export interface Language {
  readonly quotes: readonly Quote[];
  readonly comments?: readonly { readonly open: string; readonly close: string }[];
}

/** A value that cannot stand where a template puts it. */
export class UnquotableValue extends Error {}

/**
 * Follows the text of a query as it is written, and escapes values for the place reached: within quotes for the
 * language, in a comment so that it does not end; outside both a value stays as it is.
 */
export class QuotePlace {
  readonly #language: Language;
  #quote: Quote | undefined;
  #comment: { readonly close: string } | undefined;
  #inner = false;
  #isEscaped = false;
  /** the last characters outside quotes, without blanks */
  #before = '';

  constructor(language: Language) {
    this.#language = language;
  }

  /** @returns the value as it is written here @throws UnquotableValue */
  escaped(value: string): string {
    if (this.#comment !== undefined) return value.replaceAll(/[\r\n]|\*\//g, ' ');
    const quote = this.#quote;
    if (quote === undefined) return value;
    if (quote.refused?.test(value)) {
      const [found = ''] = quote.refused.exec(value) ?? [];
      throw new UnquotableValue(
        `has ${JSON.stringify(found)}, which cannot be written within ${quote.open}…${quote.close}`,
      );
    }
    const inside = this.#inner ? quote.escapeInner : quote.escape;
    return inside?.(value) ?? value;
  }

  read(text: string): void {
    for (let at = 0; at < text.length; ) at += this.#step(text, at);
  }

  /** @returns how many characters were read */
  #step(text: string, at: number): number {
    if (this.#comment !== undefined) return this.#inComment(text, at, this.#comment.close);
    if (this.#quote !== undefined) return this.#inQuote(text, at, this.#quote);
    const comment = this.#language.comments?.find(({ open }) => text.startsWith(open, at));
    if (comment !== undefined) {
      this.#comment = comment;
      return comment.open.length;
    }
    this.#quote = this.#language.quotes.find(
      ({ open, after }) => text.startsWith(open, at) && (after === undefined || after.test(this.#before)),
    );
    const read = this.#quote?.open ?? text.charAt(at);
    this.#before = `${this.#before}${read.trim()}`.slice(-2);
    return read.length;
  }

  #inComment(text: string, at: number, close: string): number {
    if (!text.startsWith(close, at)) return 1;
    this.#comment = undefined;
    return close.length;
  }

  #inQuote(text: string, at: number, quote: Quote): number {
    if (this.#isEscaped) {
      this.#isEscaped = false;
      if (quote.escapeInner !== undefined && text.charAt(at) === quote.close) this.#inner = !this.#inner;
      return 1;
    }
    if (text.charAt(at) === quote.escapeCharacter) {
      this.#isEscaped = true;
      return 1;
    }
    if (!text.startsWith(quote.close, at)) return 1;
    this.#quote = undefined;
    this.#inner = false;
    return quote.close.length;
  }
}
