// Loaded into a process before anything else (`node --import`), this makes its clock wrong: `Date` is that many
// milliseconds ahead. Timers go on as they do, as when a machine's clock is wrong but does not jump.
const skewMillis = Number(process.env.HALDANE_TEST_SKEW_MILLIS);
const RightDate = Date;

globalThis.Date = new Proxy(RightDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RightDate.now() + skewMillis] : args, newTarget),
  get: (target, name) => (name === 'now' ? () => RightDate.now() + skewMillis : Reflect.get(target, name)),
});

export {};
