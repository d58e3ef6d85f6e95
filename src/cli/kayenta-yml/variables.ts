import { type Setting, type Settings, settingKey } from './spring-settings.ts';

/** An environment variable to be set before Haldane starts with the written configuration. */
export interface Variable {
  readonly name: string;
  /** what it holds, for people */
  readonly holds: string;
}

/** `${name}` or `${name:default}`, without further ones inside. */
const PLACEHOLDER = /\$\{([^${}:]+)(?::([^{}$]*))?\}/g;
const MOST_ROUNDS = 20;
/** Stands around the number of a variable that is done. */
const MARK = '\u0000';

export interface Filled {
  readonly text: string;
  /** why it cannot be written as it is */
  readonly problem?: string;
}

/** Spring's placeholders as environment variables, and secrets in variables of their own. */
export class Variables {
  readonly #settings: Settings;
  readonly #found = new Map<string, Variable>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Variables that must be set, in the order they were met. */
  all(): readonly Variable[] {
    return [...this.#found.values()];
  }

  /**
   * The text with Spring's placeholders as ours: properties of the file are filled in, everything else is a variable
   * of the environment, under the name that Spring looks for.
   */
  fill({ path, value }: Setting): Filled {
    let text = String(value);
    if (text.includes('#{')) return { text, problem: 'holds an expression of Spring; write its value' };
    if (/^(encrypted|encryptedFile|secret|secretFile):/.test(text)) {
      return { text, problem: 'names a secret store, which is not read here; put the value into a file or a variable' };
    }
    const done: string[] = [];
    for (let round = 0; round < MOST_ROUNDS && text.search(PLACEHOLDER) >= 0; round++) {
      text = text.replaceAll(PLACEHOLDER, (_, name: string, usual: string | undefined) => {
        const other = this.#settings.get(settingKey(name.trim()));
        if (other !== undefined) return String(other.value);
        const variable = variableName(name);
        // A default that is itself a variable cannot be written: ours have one level.
        const isAlone = usual === undefined || usual.includes(MARK);
        if (isAlone) this.#need(variable, path);
        return `${MARK}${done.push(isAlone ? `\${${variable}}` : `\${${variable}:${usual}}`) - 1}${MARK}`;
      });
    }
    if (text.includes('${')) return { text, problem: 'holds a placeholder that cannot be read; write its value' };
    return { text: restore(text, done) };
  }

  /** A variable for a secret. One that the file already names is kept, without a default: that is a secret in clear. */
  secret({ value }: Setting, account: string, key: string): string {
    const [whole, named] = /^\$\{([^${}:]+)(?::[^{}]*)?\}$/.exec(String(value).trim()) ?? [];
    const kept = named !== undefined && !this.#settings.has(settingKey(named.trim())) ? variableName(named) : undefined;
    const name = whole === undefined || kept === undefined ? this.#newName(`${account}_${key}`) : kept;
    this.#need(name, `${key} of account '${account}'`);
    return `\${${name}}`;
  }

  #need(name: string, holds: string): void {
    if (!this.#found.has(name)) this.#found.set(name, { name, holds });
  }

  #newName(text: string): string {
    const words = text.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase();
    const name = variableName(words);
    if (!this.#found.has(name)) return name;
    for (let number = 2; ; number++) if (!this.#found.has(`${name}_${number}`)) return `${name}_${number}`;
  }
}

function restore(text: string, done: readonly string[]): string {
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 1 ? (done[Number(part)] ?? '') : part))
    .join('');
}

/** A variable's name stays; of a property it is the one that Spring looks for in the environment. */
function variableName(name: string): string {
  const trimmed = name.trim();
  if (/^[A-Za-z_]\w*$/.test(trimmed)) return trimmed;
  const upper = trimmed.toUpperCase().replaceAll(/\W+/g, '_').replace(/_+$/, '');
  return upper.replace(/^(?=\d)/, '_') || 'SECRET';
}
