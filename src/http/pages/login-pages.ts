import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Login } from '../../auth/oidc/login.ts';
import type { Principal } from '../../domain/principal.ts';
import { renderLoggedOutPage } from '../../web/logged-out-page.ts';
import { cookieOf, SESSION_COOKIE } from '../request/credentials.ts';
import type { HttpServer, RouteContext } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const LOGIN_COOKIE = 'haldane_login';
const PUBLIC = { permission: 'public', counted: true } as const;
const To = z.object({ to: z.string().default('/') });

/** `/login` and `/logout`, where browsers log in at an issuer. */
export function loginPages(http: HttpServer, { login, audit }: RouteContext): void {
  if (login === undefined) return;
  pagePlugin(http, (pages) => {
    pages.get('/login', { config: PUBLIC, schema: { hide: true, querystring: To } }, async (request, reply) => {
      const { address, kept } = await login.begin(ownPath(request.query.to));
      setCookie(reply, login, { name: LOGIN_COOKIE, value: kept, seconds: login.loginSeconds });
      return reply.redirect(address);
    });

    pages.get('/login/callback', { config: PUBLIC, schema: { hide: true } }, async (request, reply) => {
      const { kind, name: who } = await endLogin(login, request, reply);
      audit.record({ kind, who, what: 'logIn', from: request.socket.remoteAddress ?? '', status: 303 });
      return reply;
    });

    pages.post('/logout', { config: PUBLIC, schema: { hide: true } }, async (_request, reply) => {
      setCookie(reply, login, { name: SESSION_COOKIE, value: '', seconds: 0 });
      return sendPage(reply, renderLoggedOutPage());
    });
  });
}

async function endLogin(login: Login, request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
  const query = request.url.slice(request.url.indexOf('?'));
  const { principal, returnTo } = await login.end(query, cookieOf(request, LOGIN_COOKIE) ?? '');
  const { sessions } = login;
  const value = await sessions.begin(principal);
  setCookie(reply, login, { name: SESSION_COOKIE, value, seconds: sessions.lifetimeSeconds });
  setCookie(reply, login, { name: LOGIN_COOKIE, value: '', seconds: 0 });
  reply.redirect(returnTo, 303);
  return principal;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly seconds: number;
}

/** Scripts cannot read it; other sites' pages do not send it, except when a person follows a link here. */
function setCookie(reply: FastifyReply, { secure }: Login, { name, value, seconds }: Cookie): void {
  const parts = [`${name}=${value}`, 'Path=/', `Max-Age=${seconds}`, 'HttpOnly', 'SameSite=Lax'];
  reply.header('set-cookie', [...parts, ...(secure ? ['Secure'] : [])].join('; '));
}

/** A page of ours; whatever leads elsewhere is the first page. */
function ownPath(to: string): string {
  const base = 'http://haldane.invalid';
  if (!/^\/(?![/\\])/.test(to) || !URL.canParse(to, base)) return '/';
  const { origin, pathname, search } = new URL(to, base);
  return origin === base && !pathname.startsWith('//') ? `${pathname}${search}` : '/';
}
