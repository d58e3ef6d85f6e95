import type { Arms } from './arms.ts';

/** A label and its values, with how many targets or series have each. */
export interface LabelValues {
  readonly label: string;
  readonly values: ReadonlyMap<string, number>;
}

/** A metric of a pack that is not judged. */
export interface LeftOut {
  readonly metric: string;
  readonly why: string;
}

/** A pack of which a store has too little to judge by it. */
export interface PartialPack {
  readonly id: string;
  readonly name: string;
  /** names of its metrics that are there; without one that says something of errors or latency, or too few */
  readonly metrics: readonly string[];
  readonly of: number;
  readonly left: readonly LeftOut[];
}

/** A pack that a store has something of, and how it can be used there. */
export interface DiscoveredPack {
  readonly id: string;
  readonly name: string;
  /** names of its metrics to judge */
  readonly metrics: readonly string[];
  /** its other metrics, and why each is left out: a phrase */
  readonly left: readonly LeftOut[];
  /** how many metrics the pack has */
  readonly of: number;
  /** values for the pack's variables */
  readonly variables: Readonly<Record<string, string>>;
  /** the metric whose labels were looked at */
  readonly seenIn: string;
  /** what tells versions apart, and why it is believed to; absent: nothing does */
  readonly versions?: LabelValues & { readonly reason: string; readonly arms?: Arms };
  /** other labels that may */
  readonly candidates: readonly (LabelValues & { readonly reason: string })[];
  /** which service it is; absent: the pack does not ask */
  readonly place?: LabelValues & { readonly chosen?: string };
  /** why it cannot be used yet, and what to do: a sentence */
  readonly problem?: string;
}

/** What a store has to judge. */
export interface Discovery {
  /** how many metrics it has */
  readonly metrics: number;
  /** the best first */
  readonly packs: readonly DiscoveredPack[];
  /** packs of which there is something, but too little */
  readonly others: readonly PartialPack[];
}
