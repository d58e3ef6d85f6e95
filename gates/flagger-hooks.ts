import type { GateAsk, GateReply, GateRole, GateStanding } from '../src/domain/gate.ts';
import { clockTime, sentenceOf } from './shared/sentence.ts';

/** One kind of webhook of Flagger, and what we do when it is called. */
export interface FlaggerHook {
  readonly name: string;
  readonly operationId: string;
  readonly role: GateRole;
  /** what judges or checks is told in the metadata what to judge */
  readonly act: GateAsk['act'];
  /** marks after which the next rollout of the same spec has begun */
  readonly overAfter: readonly string[];
  readonly description: string;
  /** what a 200 says, and a 409 */
  readonly go: string;
  readonly noGo: string;
  /** @param canary `test/podinfo` */
  toReply(standing: GateStanding, call: FlaggerHookCall): GateReply;
}

interface FlaggerHookCall {
  /** `test/podinfo` */
  readonly canary: string;
  readonly phase: string;
  /** whether the metadata names the end of the window: there is one judgement then */
  readonly hasWindow: boolean;
}

const go = (text: string, remember?: GateReply['remember']): GateReply => reply(200, text, remember);
const noGo = (text: string, remember?: GateReply['remember']): GateReply => reply(409, text, remember);

function reply(status: number, text: string, remember: GateReply['remember']): GateReply {
  return { status, body: `${text}\n`, ...(remember === undefined ? {} : { remember }) };
}

/** Flagger has told that the rollout is over. */
const ENDED = 'ended';
/** Traffic was moved, or was about to be. */
const UNDER_WAY = 'rollout';
const STEP = 'step';
const PROMOTION = 'promotion';
const LAST_PHASES: readonly string[] = ['Succeeded', 'Failed'];

export const FLAGGER_HOOKS: readonly FlaggerHook[] = [
  {
    name: 'confirm-rollout',
    operationId: 'confirmFlaggerRollout',
    role: 'tells',
    act: 'check',
    overAfter: [UNDER_WAY, ENDED],
    description: 'Before the canary is scaled up: whether the config can be judged and its metrics stores answer.',
    go: 'the rollout can be judged',
    noGo: 'it cannot, and why; Flagger asks again',
    toReply: ({ problem }, { canary }) =>
      problem === undefined ? go(`The rollout of ${canary} can be judged.`) : noGo(problem),
  },
  {
    name: 'pre-rollout',
    operationId: 'beginFlaggerRollout',
    role: 'tells',
    act: 'judge',
    overAfter: [UNDER_WAY, ENDED],
    description: 'Before traffic: begins the window that is judged, or starts the judgement of the one that is named.',
    go: 'begun',
    noGo: 'it cannot be judged, and why',
    toReply: (standing, { canary }) =>
      go(standing.verdict === undefined ? `The rollout of ${canary} is judged from now on.` : sentenceOf(standing)),
  },
  {
    name: 'rollout',
    operationId: 'watchFlaggerRollout',
    role: 'watches',
    act: 'judge',
    overAfter: [ENDED],
    description: 'At every interval: judges what there is so far, and fails only when the last verdict is fail.',
    go: 'nothing speaks against the canary so far',
    noGo: 'the canary fails, and why; counts toward the threshold of the analysis',
    toReply: (standing) => {
      const underWay = { [UNDER_WAY]: standing.nowMillis };
      const text = sentenceOf(standing);
      return standing.verdict?.verdict === 'fail' ? noGo(text, underWay) : go(text, underWay);
    },
  },
  {
    name: 'confirm-traffic-increase',
    operationId: 'confirmFlaggerTrafficIncrease',
    role: 'holds',
    act: 'judge',
    overAfter: [ENDED],
    description:
      'Before every step: the first needs no evidence, since there is no traffic yet; every other one a pass that was ' +
      'judged after the step before.',
    go: 'the traffic may be increased',
    noGo: 'not yet, and why; Flagger asks again at the next interval',
    toReply: confirmStep,
  },
  {
    name: 'confirm-promotion',
    operationId: 'confirmFlaggerPromotion',
    role: 'holds',
    act: 'judge',
    overAfter: [ENDED],
    description: 'Before the promotion: judges what there is up to the first call, and lets only a pass through.',
    go: 'the canary passes',
    noGo: 'it does not, or is not judged yet, and why; Flagger asks again',
    toReply: confirmPromotion,
  },
  {
    name: 'rollback',
    operationId: 'askFlaggerRollback',
    role: 'rolls-back',
    act: 'look',
    overAfter: [ENDED],
    description: 'Inverted, as Flagger has it: 200 rolls the canary back. That takes the verdict fail.',
    go: 'roll back: the canary fails, and why',
    noGo: 'no reason to roll back',
    toReply: (standing) =>
      standing.verdict?.verdict === 'fail'
        ? go(`Roll back: ${sentenceOf(standing)}`)
        : noGo(`No reason to roll back: ${sentenceOf(standing)}`),
  },
  {
    name: 'post-rollout',
    operationId: 'endFlaggerRollout',
    role: 'tells',
    act: 'look',
    overAfter: [],
    description: 'After the rollout: what is rolled out next begins anew, even if it is the same spec again.',
    go: 'noted',
    noGo: 'never',
    toReply: (standing, { canary, phase }) =>
      go(`The rollout of ${canary} has ended as ${phase || 'over'}: ${sentenceOf(standing)}`, {
        [ENDED]: standing.nowMillis,
      }),
  },
  {
    name: 'event',
    operationId: 'noteFlaggerEvent',
    role: 'tells',
    act: 'look',
    overAfter: [],
    description: 'Whatever happens to the canary; with the phase Succeeded or Failed the same as `post-rollout`.',
    go: 'noted',
    noGo: 'never',
    toReply: (standing, { canary, phase }) =>
      LAST_PHASES.includes(phase)
        ? go(`The rollout of ${canary} has ended as ${phase}.`, { [ENDED]: standing.nowMillis })
        : go(`Noted for ${canary}.`),
  },
];

function confirmStep(standing: GateStanding, { canary, hasWindow }: FlaggerHookCall): GateReply {
  const { marks, nowMillis, verdict, judgedUntilMillis = 0 } = standing;
  const stepped = { [STEP]: nowMillis, [UNDER_WAY]: nowMillis };
  const last = marks[STEP];
  if (last === undefined && !hasWindow && verdict?.verdict !== 'fail') {
    return go(`The first traffic for ${canary} needs no evidence.`, stepped);
  }
  const isFresh = hasWindow || (last !== undefined && judgedUntilMillis > last);
  if (verdict?.verdict === 'pass' && isFresh) return go(sentenceOf(standing), stepped);
  if (verdict?.verdict === 'pass' && last !== undefined) {
    return noGo(`What came since the step at ${clockTime(last)} is not judged yet: ${sentenceOf(standing)}`);
  }
  return noGo(`No more traffic: ${sentenceOf(standing)}`);
}

function confirmPromotion(standing: GateStanding, { hasWindow }: FlaggerHookCall): GateReply {
  const { marks, nowMillis, verdict, judgedUntilMillis = 0 } = standing;
  const asked = marks[PROMOTION] ?? nowMillis;
  const remember = { [PROMOTION]: asked };
  const isFresh = hasWindow || judgedUntilMillis >= asked;
  if (verdict?.verdict === 'pass' && isFresh) return go(sentenceOf(standing), remember);
  if (verdict?.verdict === 'pass') {
    return noGo(`What came until ${clockTime(asked)} is not judged yet: ${sentenceOf(standing)}`, remember);
  }
  return noGo(`No promotion: ${sentenceOf(standing)}`, remember);
}
