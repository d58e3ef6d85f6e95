import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ownAddress } from './own-address.ts';

export const ReportUrl = z.string().describe('the page for people: follows the progress, then shows the result');

/** The page of a run or an analysis. */
export function reportUrl(request: FastifyRequest, id: string): string {
  return `${ownAddress(request)}/reports/${encodeURIComponent(id)}`;
}
