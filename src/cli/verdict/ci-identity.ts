import { createHash } from 'node:crypto';
import { toWireJson } from '../../domain/values/wire-json.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables with which a CI names one attempt of one job, in the order in which they are looked for; those after
 * the first may be absent. An attempt that a person starts again has another name where the CI gives it one.
 */
const IDENTITIES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  github: ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB', 'GITHUB_REPOSITORY'],
  gitlab: ['CI_PIPELINE_ID', 'CI_JOB_NAME', 'CI_PROJECT_ID', 'CI_SERVER_HOST'],
  azure: ['BUILD_BUILDID', 'SYSTEM_STAGEATTEMPT', 'SYSTEM_JOBID', 'SYSTEM_COLLECTIONURI'],
  circleci: ['CIRCLE_WORKFLOW_ID', 'CIRCLE_JOB', 'CIRCLE_BUILD_NUM'],
  buildkite: ['BUILDKITE_BUILD_ID', 'BUILDKITE_STEP_ID', 'BUILDKITE_RETRY_COUNT'],
  bitbucket: ['BITBUCKET_PIPELINE_UUID', 'BITBUCKET_STEP_UUID', 'BITBUCKET_STEP_RUN_NUMBER'],
  codebuild: ['CODEBUILD_BUILD_ID'],
  drone: ['DRONE_BUILD_NUMBER', 'DRONE_REPO', 'DRONE_STAGE_NAME'],
  teamcity: ['TEAMCITY_BUILDCONF_NAME', 'BUILD_NUMBER', 'TEAMCITY_PROJECT_NAME'],
  jenkins: ['BUILD_TAG', 'JENKINS_URL'],
};

/**
 * The key that makes a gate start once: the CI's own name of this attempt, and what is asked for, so that several gates
 * of one job differ. Undefined outside of a CI.
 */
export function keyFromCi(environment: Environment, asked: unknown): string | undefined {
  const [name, variables] = Object.entries(IDENTITIES).find(([, [first]]) => (environment[first] ?? '') !== '') ?? [];
  if (name === undefined || variables === undefined) return undefined;
  const values = variables.map((variable) => environment[variable] ?? '');
  const digest = createHash('sha256')
    .update(toWireJson([values, asked]))
    .digest('hex')
    .slice(0, 32);
  return `${name}-${String(values[0])
    .replaceAll(/[^\w.-]/g, '_')
    .slice(0, 100)}-${digest}`;
}
