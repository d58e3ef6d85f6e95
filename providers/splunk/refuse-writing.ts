import { invalidQuery } from '../shared/query/query-fields.ts';
import { ALLOWED_COMMANDS } from './allowed-commands.ts';
import type { SplunkRequest } from './query.ts';

/** What an account allows beyond {@link ALLOWED_COMMANDS}. */
export interface Allowance {
  readonly allowCommands: readonly string[];
  readonly allowMacros: readonly string[];
}

/**
 * Refuses a search with a command that is not known to only read, in any of its pipelines and subsearches.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function refuseWriting(request: SplunkRequest, search: string): void {
  const problem = searchProblem(search, request.account);
  if (problem !== undefined) throw invalidQuery(request, `the search ${problem}.`);
}

/**
 * Why a search is not allowed. Reads SPL by its own grammar: quoted texts with backslashes, pipes, subsearches in square
 * brackets, macros in backticks. Where two readings are possible the search is refused.
 */
export function searchProblem(search: string, allowance: Allowance): string | undefined {
  try {
    new SearchReader(search, allowance).read();
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

class Refused extends Error {}

const QUOTED = /"(?:[^"\\]|\\[\s\S])*"/y;
const MACRO = /`([^`]*)`/y;
const WORD = /[A-Za-z_][\w.]*/y;
const BLANK = /\s+/y;
const READ_DATASET = /\s+(?:datamodel|inputlookup|lookup)\b/iy;

class SearchReader {
  readonly #search: string;
  readonly #allowance: Allowance;
  #at = 0;
  /** open square brackets */
  #depth = 0;
  /** whether the next word is a command */
  #isCommandNext: boolean;

  constructor(search: string, allowance: Allowance) {
    this.#search = search;
    this.#allowance = allowance;
    // Without a pipe or the word, the search command is implied.
    this.#isCommandNext = false;
  }

  read(): void {
    const first = this.#search.trimStart();
    if (/^search\s/i.test(first)) this.#isCommandNext = true;
    while (this.#at < this.#search.length) this.#step();
    if (this.#depth > 0) throw new Refused('has a [ that is not closed');
    if (this.#isCommandNext) throw new Refused('ends with a pipe; write the command after it');
  }

  #step(): void {
    if (this.#match(BLANK) !== undefined) return;
    const sign = this.#search.charAt(this.#at);
    if (sign === '"') this.#quoted();
    else if (sign === '`') this.#macro();
    else if (sign === '|' || sign === '[') this.#begin(sign);
    else if (sign === ']') this.#end();
    else if (this.#isCommandNext) this.#command();
    else this.#other(sign);
  }

  /** A sign without its meaning, outside quotes, may keep it in Splunk. */
  #other(sign: string): void {
    const pair = this.#search.slice(this.#at, this.#at + 2);
    if (sign === '\\' && /["`|[\]]$/.test(pair)) {
      throw new Refused(`has ${pair} outside quotes; write the text within double quotes`);
    }
    this.#at++;
  }

  #quoted(): void {
    if (this.#isCommandNext) throw new Refused('has a quoted text where a command belongs');
    if (this.#match(QUOTED) === undefined) throw new Refused('has a double quote that is not closed');
  }

  /** A comment is within three backticks; Splunk takes it out before it reads anything else. */
  #macro(): void {
    if (this.#search.startsWith('```', this.#at)) throw new Refused('has a comment; remove it');
    const [, call] = this.#match(MACRO) ?? [];
    if (call === undefined) throw new Refused('has a backtick that is not closed');
    const name = /^\s*([\w-]*)/.exec(call)?.[1] ?? '';
    if (!this.#allowance.allowMacros.includes(name)) {
      throw new Refused(
        `uses the macro '${name}', which may stand for anything; write out what it stands for, or add it to the account's ` +
          'allowMacros',
      );
    }
    this.#isCommandNext = false;
  }

  #begin(sign: string): void {
    if (sign === '|' && this.#isCommandNext && !/\[\s*$/.test(this.#search.slice(0, this.#at))) {
      throw new Refused('has a pipe without a command');
    }
    if (sign === '[') this.#depth++;
    this.#isCommandNext = true;
    this.#at++;
  }

  #end(): void {
    if (this.#isCommandNext) throw new Refused('has a subsearch without a command');
    if (--this.#depth < 0) throw new Refused('has a ] that nothing opened');
    this.#at++;
  }

  #command(): void {
    const [name = ''] = this.#match(WORD) ?? [];
    this.#isCommandNext = false;
    const known = name.toLowerCase();
    // A saved search may do anything; data models and lookups cannot.
    if (known === 'from' && this.#match(READ_DATASET) !== undefined) return;
    if (ALLOWED_COMMANDS.has(known) || this.#allowance.allowCommands.includes(name)) return;
    const found = name === '' ? JSON.stringify(this.#search.slice(this.#at, this.#at + 10)) : `'${name}'`;
    throw new Refused(
      `uses ${found} as a command, which is not known to only read; leave it out, begin a subsearch with search, or add a ` +
        "command of yours that only reads to the account's allowCommands",
    );
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#search) ?? undefined;
    if (found !== undefined) this.#at += found[0].length;
    return found;
  }
}
