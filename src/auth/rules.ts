import type { Role } from '../domain/permission.ts';

/** Who may what, as the configuration says it. */
export interface Rule {
  /** every one must match; `*` stands for any characters; of a list in the claim, one element is enough */
  readonly claims: Readonly<Record<string, string>>;
  readonly role: Role;
  /** absent: all */
  readonly applications?: readonly string[] | undefined;
  /** absent: all */
  readonly accounts?: readonly string[] | undefined;
}

export type Claims = Readonly<Record<string, unknown>>;

/** The first rule whose claims all match. */
export function firstRule(rules: readonly Rule[], claims: Claims): Rule | undefined {
  return rules.find((rule) => Object.entries(rule.claims).every(([name, pattern]) => matches(claims, name, pattern)));
}

/** A name with dots leads into objects, unless a claim is called so: Kubernetes has `kubernetes.io`. */
function matches(claims: Claims, name: string, pattern: string): boolean {
  return valuesOf(valueAt(claims, name)).some((value) => like(value, pattern));
}

function valueAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const inner = Object.hasOwn(claims, name.slice(0, dot)) ? claims[name.slice(0, dot)] : undefined;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      return valueAt(inner as Claims, name.slice(dot + 1));
    }
  }
}

function valuesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  return ['string', 'number', 'boolean'].includes(typeof value) ? [String(value)] : [];
}

/** In time that grows with the length of both, whatever the pattern. */
function like(value: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return value === pattern;
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  const end = value.length - last.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
