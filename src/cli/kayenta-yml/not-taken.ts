/** A part of a kayenta.yml that is not in the configuration written for it. */
export interface NotTaken {
  /** where it is; values are never told, since they may be secrets */
  readonly path: string;
  readonly why: string;
  /** whether someone should look at it */
  readonly asks: boolean;
}
