import { describe, expect, it } from 'vitest';
import { keyFromCi } from '../../../src/cli/verdict/ci-identity.ts';

const ASKED = ['/canary', {}, { scopes: {} }];
const GITHUB = { GITHUB_RUN_ID: '17', GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'canary', GITHUB_REPOSITORY: 'shop/shop' };

describe('keyFromCi', () => {
  it.each([
    ['github', GITHUB],
    ['gitlab', { CI_PIPELINE_ID: '4711', CI_JOB_NAME: 'canary' }],
    ['jenkins', { BUILD_TAG: 'jenkins-shop-12' }],
    ['azure', { BUILD_BUILDID: '9', SYSTEM_JOBID: 'a' }],
    ['circleci', { CIRCLE_WORKFLOW_ID: 'f', CIRCLE_JOB: 'canary' }],
    ['buildkite', { BUILDKITE_BUILD_ID: 'b', BUILDKITE_STEP_ID: 's' }],
    ['bitbucket', { BITBUCKET_PIPELINE_UUID: '{p}', BITBUCKET_STEP_UUID: '{s}' }],
    ['codebuild', { CODEBUILD_BUILD_ID: 'shop:1' }],
    ['drone', { DRONE_BUILD_NUMBER: '3', DRONE_REPO: 'shop' }],
    ['teamcity', { TEAMCITY_BUILDCONF_NAME: 'Canary', BUILD_NUMBER: '8' }],
  ])('is the same for the same job of %s, and fits into a header', (name, environment) => {
    const key = keyFromCi(environment, ASKED);
    expect(key).toMatch(new RegExp(`^${name}-[\\w.-]{1,100}-[0-9a-f]{32}$`));
    expect(keyFromCi({ ...environment }, structuredClone(ASKED))).toBe(key);
  });

  it('differs by attempt, by job, and by what is asked for', () => {
    const keys = [
      keyFromCi(GITHUB, ASKED),
      keyFromCi({ ...GITHUB, GITHUB_RUN_ATTEMPT: '2' }, ASKED),
      keyFromCi({ ...GITHUB, GITHUB_JOB: 'other' }, ASKED),
      keyFromCi(GITHUB, ['/canary', {}, { scopes: { default: {} } }]),
    ];
    expect(new Set(keys).size).toBe(4);
  });

  it('is absent outside of a CI', () => {
    expect(keyFromCi({ HOME: '/root', BUILD_NUMBER: '8' }, ASKED)).toBeUndefined();
  });
});
