import { describe, expect, it } from 'vitest';
import { ReceiverCircuits } from '../../../src/engine/callbacks/receiver-circuits.ts';

function create() {
  const clock = { at: 0 };
  const options = { firstPauseMillis: 1000, random: () => 0, monotonic: () => clock.at };
  return { clock, circuits: new ReceiverCircuits(options) };
}

/** Lets the receiver not answer so often, one attempt after the other. */
function hang(circuits: ReceiverCircuits, times: number, receiver = 'slow') {
  for (let time = 0; time < times; time++) {
    expect(circuits.admit(receiver)).toBe(0);
    circuits.settle(receiver, false);
  }
}

describe('the circuit of a receiver', () => {
  it('opens after three attempts in a row without an answer, and only its own', () => {
    const { circuits } = create();
    hang(circuits, 3);
    expect(circuits.admit('slow')).toBeGreaterThan(0);
    expect(circuits.admit('other')).toBe(0);
  });

  it('closes with any answer', () => {
    const { circuits } = create();
    hang(circuits, 2);
    circuits.settle('slow', true);
    hang(circuits, 2);
    expect(circuits.admit('slow')).toBe(0);
  });

  it('then lets through one attempt at a time, after pauses that grow up to five minutes', () => {
    const { circuits, clock } = create();
    hang(circuits, 3);
    const pauses: number[] = [];
    for (let probe = 0; probe < 12; probe++) {
      const pause = circuits.admit('slow');
      pauses.push(pause);
      clock.at += pause;
      expect(circuits.admit('slow')).toBe(0);
      expect(circuits.admit('slow')).toBeGreaterThan(0);
      circuits.settle('slow', false);
    }
    expect(pauses.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(pauses.at(-1)).toBe(150_000);
  });

  it('counts attempts that began together once it is open as one', () => {
    const { circuits } = create();
    for (let attempt = 0; attempt < 8; attempt++) expect(circuits.admit('slow')).toBe(0);
    for (let attempt = 0; attempt < 8; attempt++) circuits.settle('slow', false);
    expect(circuits.admit('slow')).toBe(500);
  });

  it('lets the next one through when an admitted attempt was not made', () => {
    const { circuits, clock } = create();
    hang(circuits, 3);
    clock.at += 500;
    expect(circuits.admit('slow')).toBe(0);
    circuits.settle('slow', undefined);
    expect(circuits.admit('slow')).toBe(0);
  });
});
