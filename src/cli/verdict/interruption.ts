import { CommandError, EXIT } from '../command-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  /** aborts with a CommandError when somebody stops this process */
  readonly signal: AbortSignal;
  /** Signals end the process again. */
  clear(): void;
}

/** Listens for the first signal to stop; a second one ends the process at once. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const listeners = SIGNALS.map((name) => {
    const listener = () => {
      clear();
      controller.abort(new CommandError(EXIT.noVerdict, `interrupted by ${name}`));
    };
    process.once(name, listener);
    return [name, listener] as const;
  });
  const clear = () => {
    for (const [name, listener] of listeners) process.off(name, listener);
  };
  return { signal: controller.signal, clear };
}
