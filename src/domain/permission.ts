/** What may be done, in words. A route has one of them; a role is a set of them. */
export const PERMISSIONS = {
  public: 'needs no authentication',
  'runs.read': 'read runs, analyses, their events and reports',
  'runs.start': 'start and cancel runs and analyses of stored configs',
  'runs.start-own-config': 'start runs and analyses of a config in the request, with queries of its own',
  'runs.import': 'store runs that were judged elsewhere',
  'runs.delete': 'delete ended runs and analyses',
  'configs.read': 'read and check configs, template packs and judges',
  'configs.write': 'create, change and delete configs',
  'queries.send': 'send queries to metrics stores without a run: /fetch, previews of series, names of metrics',
  'series.read': 'read stored series and comparisons of judges',
  'series.judge': 'judge series without a run',
  'series.write': 'store and delete series',
  'accounts.read': 'list the metrics stores and the store',
  'storage.read': 'see how much is stored',
  'metrics.read': "read the service's own metrics",
  'audit.read': 'read who did what',
  admin: 'tokens, and everything that is for operators',
} as const satisfies Record<string, string>;

export type Permission = keyof typeof PERMISSIONS;

const VIEWER: readonly Permission[] = [
  'public',
  'runs.read',
  'configs.read',
  'series.read',
  'accounts.read',
  'storage.read',
  'metrics.read',
];
const RUNNER: readonly Permission[] = [...VIEWER, 'runs.start', 'series.judge'];
const EDITOR: readonly Permission[] = [
  ...RUNNER,
  'runs.start-own-config',
  'configs.write',
  'queries.send',
  'series.write',
];

/** Roles, from the least to the most; each may all that the one before may. */
export const ROLES = {
  viewer: VIEWER,
  runner: RUNNER,
  editor: EDITOR,
  admin: Object.keys(PERMISSIONS) as Permission[],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof ROLES;

/** Whether a role contains a permission. */
export function permits(role: Role, permission: Permission): boolean {
  return (ROLES[role] as readonly Permission[]).includes(permission);
}
