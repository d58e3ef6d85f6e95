import type { Gate } from '../src/domain/gate.ts';
import { awsCodedeploy } from './aws-codedeploy.ts';
import { awsEcs } from './aws-ecs.ts';
import { azurePipelines } from './azure-pipelines.ts';
import { flagger } from './flagger.ts';
import { github } from './github.ts';

/** Every gate; each becomes routes of the service. */
export const gates: readonly Gate[] = [flagger, awsEcs, awsCodedeploy, azurePipelines, github];
