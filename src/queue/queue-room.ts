/** What a job of the queue on PostgreSQL carries. */
export interface JobData {
  readonly id: string;
  /** absent: of a job that an earlier version queued, whose group is in its own field */
  readonly group?: string | undefined;
  readonly share?: string | undefined;
  readonly priority?: number | undefined;
}

/** Whose a taken job is. */
interface Taken {
  readonly data: JobData;
  readonly groupId?: string | null;
}

/** What may be taken now. */
export interface Room {
  readonly batchSize: number;
  readonly ignoreGroups: string[];
}

interface Owner {
  readonly group: string;
  readonly share: string | undefined;
}

/** Group and share together are the group that the queue knows: it can leave out groups and nothing else. */
export function groupIdOf({ group = '', share }: JobData): string {
  return JSON.stringify(share === undefined ? [group] : [group, share]);
}

/** More are forgotten: a job of one that is full is then taken once more, and put back. */
const MOST_SEEN = 10_000;

/** How many jobs of a kind this process takes: so many of each group, and of each share over all groups. */
export class QueueRoom {
  readonly #perGroup: number;
  readonly #perShare: number;
  /** whose jobs were taken, by the group that the queue knows */
  readonly #seen = new Map<string, Owner>();

  constructor(perGroup: number, perShare = Number.POSITIVE_INFINITY) {
    this.#perGroup = perGroup;
    this.#perShare = perShare;
  }

  /** Full groups and shares are left out; the others have room for the batch even if it is all one group's. */
  now(working: Iterable<Taken>): Room {
    const { ofGroup, ofShare } = countsOf(working);
    const isFull = (owner: Owner) => this.#isFull(owner, ofGroup, ofShare);
    const open = [...ofGroup.values()].filter((count) => count < this.#perGroup);
    return {
      batchSize: this.#perGroup - Math.max(0, ...open),
      ignoreGroups: [...this.#seen].filter(([, owner]) => isFull(owner)).map(([groupId]) => groupId),
    };
  }

  /** Whether a job that was taken has room: it may be one of several of its share, or the first that was seen. */
  has(job: Taken, working: Iterable<Taken>): boolean {
    if (this.#seen.size >= MOST_SEEN) this.#seen.clear();
    const owner = ownerOf(job);
    this.#seen.set(job.groupId ?? groupIdOf(job.data), owner);
    const { ofGroup, ofShare } = countsOf(working);
    return !this.#isFull(owner, ofGroup, ofShare);
  }

  #isFull({ group, share }: Owner, ofGroup: Counts, ofShare: Counts): boolean {
    if ((ofGroup.get(group) ?? 0) >= this.#perGroup) return true;
    return share !== undefined && (ofShare.get(share) ?? 0) >= this.#perShare;
  }
}

type Counts = ReadonlyMap<string, number>;

function countsOf(working: Iterable<Taken>): { ofGroup: Counts; ofShare: Counts } {
  const [ofGroup, ofShare] = [new Map<string, number>(), new Map<string, number>()];
  for (const job of working) {
    const { group, share } = ownerOf(job);
    ofGroup.set(group, (ofGroup.get(group) ?? 0) + 1);
    if (share !== undefined) ofShare.set(share, (ofShare.get(share) ?? 0) + 1);
  }
  return { ofGroup, ofShare };
}

function ownerOf({ data: { group, share }, groupId }: Taken): Owner {
  return { group: group ?? groupId ?? '', share };
}
