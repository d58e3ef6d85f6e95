/** Where Kayenta's objects are read from: a running Kayenta, or the folder of an object store. */
export interface KayentaSource {
  /** @throws CommandError when it cannot be read at all, as do the other lists */
  configIds(): Promise<readonly string[]>;
  /** Archived runs, newest first. */
  runIds(): Promise<readonly string[]>;
  /** Archives of standalone analyses; a running Kayenta does not list them. */
  standaloneIds(): Promise<readonly string[]>;
  config(id: string): Promise<Found>;
  run(id: string): Promise<Found>;
  /** The series of a run, in pairs. */
  pairs(id: string): Promise<Found>;
}

/** An object that was asked for. */
export type Found =
  | { readonly kind: 'found'; readonly value: unknown }
  /** missing; series are often deleted after some weeks */
  | { readonly kind: 'gone'; readonly reason: string }
  | { readonly kind: 'broken'; readonly reason: string };
