// Loaded into a process before anything else (`node --import`): on SIGUSR2 its clock is set back by an hour, as an
// operator or a time server may do. Timers and the monotonic clock go on.
const HOUR = 3_600_000;
const RightDate = Date;
let offMillis = 0;

process.on('SIGUSR2', () => {
  offMillis -= HOUR;
  process.stdout.write('"msg":"clock set back"\n');
});

globalThis.Date = new Proxy(RightDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RightDate.now() + offMillis] : args, newTarget),
  get: (target, name) => (name === 'now' ? () => RightDate.now() + offMillis : Reflect.get(target, name)),
});

export {};
