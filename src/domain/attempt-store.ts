/** Work that a process may die of. */
export interface AttemptStore {
  /**
   * Notes that this process begins an attempt. One that does not {@link reportBack} before its process ends is lost.
   *
   * @returns how many were lost since the last that reported back; undefined when there is nothing to do any more
   */
  beginAttempt(id: string): Promise<number | undefined>;
  /** The attempt has not begun after all. */
  stepAside(id: string): Promise<void>;
  /** The attempt has come to its end, whatever that is. */
  reportBack(id: string): Promise<void>;
}
