import type { Gate } from '../src/domain/gate.ts';
import { argo } from './argo.ts';
import { awsCodedeploy } from './aws-codedeploy.ts';
import { awsEcs } from './aws-ecs.ts';
import { azurePipelines } from './azure-pipelines.ts';
import { flagger } from './flagger.ts';
import { github } from './github.ts';

/** Every gate; each becomes routes of the service. */
export const gates: readonly Gate[] = [argo, flagger, awsEcs, awsCodedeploy, azurePipelines, github];
