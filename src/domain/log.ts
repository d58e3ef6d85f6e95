/** A constant message and variable fields, in pino's form. */
export type LogLine = (fields: object, message: string) => void;

export interface Log {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  /** A person must act. */
  readonly error: LogLine;
}
