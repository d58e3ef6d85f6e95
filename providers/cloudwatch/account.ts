import { z } from 'zod';
import { AwsKeySource, AwsRegion } from '../shared/credentials/aws-account.ts';
import { KeyedAccountFields, OptionalEndpoint } from '../shared/http/account.ts';

export const CloudwatchAccount = z
  .strictObject({
    ...KeyedAccountFields,
    ...OptionalEndpoint,
    type: z.literal('cloudwatch'),
    region: AwsRegion.describe('where the metrics are, unless the query or the location of the scope says otherwise'),
    sigv4: AwsKeySource.optional().describe('how to get keys of AWS; absent: from the metadata service of EC2'),
  })
  .meta({ id: 'CloudwatchAccount' });
export type CloudwatchAccount = z.infer<typeof CloudwatchAccount>;
