import { z } from 'zod';
import { type Gate, type GateAsk, type GateCall, gateRoute } from '../src/domain/gate.ts';
import { canaryOf, FlaggerCall, FlaggerNotice } from './flagger-call.ts';
import { FLAGGER_HOOKS, type FlaggerHook } from './flagger-hooks.ts';
import { oneLine } from './shared/sentence.ts';

const Params = z.object({ config: z.string().describe('id of a stored config, or its name where only one has it') });
type Call = GateCall<z.infer<typeof Params>, unknown, FlaggerNotice>;

/** Flagger takes these for success; of a 204 it says that it failed, with an empty message. */
const MOST_STATUS = 202;

/**
 * Webhooks of Flagger. It sends no headers of its own, waits ten seconds, and shows the body of a refusal in the events of
 * its canary; so a reply is one sentence, sent at once.
 *
 * Source: https://docs.flagger.app/usage/webhooks, and pkg/controller/webhook.go of github.com/fluxcd/flagger 1.36.
 */
export const flagger: Gate = {
  name: 'flagger',
  isGo: ({ status }) => status >= 200 && status <= MOST_STATUS,
  routes: FLAGGER_HOOKS.map((hook) =>
    gateRoute<Call['params'], Call['query'], FlaggerNotice>({
      method: 'POST',
      path: `/hooks/flagger/${hook.name}/:config`,
      permission: 'runs.start',
      role: hook.role,
      operationId: hook.operationId,
      summary: `Flagger: ${hook.name}`,
      description: `${hook.description} Answers at once, in one sentence with the address of the report.`,
      Params,
      Body: hook.act === 'look' ? FlaggerNotice : FlaggerCall,
      replies: {
        200: { description: hook.go },
        400: { description: 'the call, or the config, cannot be used; Flagger shows the sentence' },
        404: { description: 'no such config' },
        409: { description: hook.noGo },
      },
      toAsk: (call) => toAsk(hook, call),
      toReply: (standing, { body }) => {
        const canary = `${body.namespace}/${body.name}`;
        return hook.toReply(standing, { canary, phase: body.phase, hasWindow: hasWindow(body) });
      },
      toRefusal: ({ status, message }) => ({ status: shownStatus(status), body: `${oneLine(message)}\n` }),
    }),
  ),
};

/** Flagger's client repeats a 429 and a 5xx, and then has lost the sentence. */
function shownStatus(status: number): number {
  return status === 429 || status >= 500 ? 409 : status;
}

function toAsk({ act, overAfter }: FlaggerHook, { body, params }: Call): GateAsk {
  const release = {
    key: [params.config, body.namespace, body.name, body.checksum],
    config: params.config,
    // A window of its own is judged once, however often it is asked about.
    ...(hasWindow(body) || overAfter.length === 0 ? {} : { overAfter }),
  };
  if (act === 'look') return { ...release, act };
  return { ...release, act, canary: canaryOf((body as FlaggerCall).metadata) };
}

function hasWindow({ metadata }: FlaggerNotice): boolean {
  return metadata?.end !== undefined;
}
