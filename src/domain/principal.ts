import { type Permission, permits, type Role } from './permission.ts';

/** Who asks. */
export interface Principal {
  /** how it is known; `anyone` where the service is open */
  readonly kind: 'anyone' | 'token' | 'oidc' | 'proxy' | 'certificate';
  /** what logs and the audit call it: the name of a token, the subject of a JWT */
  readonly name: string;
  readonly role: Role;
  /** absent: all */
  readonly applications?: readonly string[] | undefined;
  /** the metrics accounts it may send queries to; absent: all */
  readonly accounts?: readonly string[] | undefined;
}

/** Where the service is open, everybody is this one. */
export const ANYONE: Principal = { kind: 'anyone', name: 'anyone', role: 'admin' };

export function may({ role }: Principal, permission: Permission): boolean {
  return permits(role, permission);
}

/** Whether something that is in these applications is for the principal to read: it has one of them. */
export function isWithin({ applications }: Principal, ofObject: readonly string[]): boolean {
  return applications === undefined || ofObject.some((one) => applications.includes(one));
}

/** Whether all of these applications are the principal's: to write what is in them. None is nobody's. */
export function isWhollyWithin({ applications }: Principal, ofObject: readonly string[]): boolean {
  return applications === undefined || (ofObject.length > 0 && ofObject.every((one) => applications.includes(one)));
}
