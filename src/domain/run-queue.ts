/** Who does the work when. A run is pushed after it has been stored, and worked on at least once. */
export interface RunQueue {
  /** Called once, before the first push. `signal` aborts when the queue stops. */
  work(handler: (id: string, signal: AbortSignal) => Promise<void>): void;
  push(id: string): void;
  /** How many runs wait or are being worked on. */
  readonly size: number;
  /** Takes up no more work, or takes it up again. */
  setEnabled(enabled: boolean): void;
  /** Aborts what is being worked on and waits for it; what was not finished is pushed again at the next start. */
  stop(): Promise<void>;
}
