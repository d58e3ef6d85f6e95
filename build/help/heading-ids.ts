/** The ids that GitHub gives the headings of one document, in their order; the links of the documents use them. */
export class HeadingIds {
  readonly #seen = new Map<string, number>();

  next(text: string): string {
    const id = text
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const times = this.#seen.get(id) ?? 0;
    this.#seen.set(id, times + 1);
    return times === 0 ? id : `${id}-${times}`;
  }
}
