import { FIRST_REQUEST } from '../first-request.ts';

export interface Step {
  readonly title: string;
  readonly text: string;
  /** for a POSIX shell; later ones use what earlier ones have set */
  readonly command: string;
}

const JSON_BODY = "-H 'content-type: application/json'";
const BOTH = `-d '{"canaryConfig":'"$config"',"executionRequest":'"$request"'}'`;

/** From nothing to a verdict, a request a step. @param baseUrl of this service */
export function firstVerdict(baseUrl: string): Step[] {
  const { canaryConfig, executionRequest } = FIRST_REQUEST;
  return [
    {
      title: 'See the accounts',
      text: 'A query is sent to an account. “inline” is always there: its queries contain their series.',
      command: `curl -s '${baseUrl}/credentials'`,
    },
    {
      title: 'See the series',
      text: 'The config says what to measure, in which direction a change is bad, and how much each group weighs; the request which versions to compare, and when. This asks the stores and judges nothing.',
      command: `config='${asText(canaryConfig)}'\nrequest='${asText(executionRequest)}'\ncurl -s '${baseUrl}/canaryConfig/series' ${JSON_BODY} \\\n  ${BOTH}`,
    },
    {
      title: 'Start a run',
      text: 'It asks the same and judges the answers. What comes back is the id of the run.',
      command: `run=$(curl -s '${baseUrl}/canary' ${JSON_BODY} \\\n  ${BOTH} | grep -o '[0-9A-Z]\\{26\\}' | head -n 1)\necho "$run"`,
    },
    {
      title: 'Read the verdict',
      text: 'Ask again until “complete” is true; then “result” has the score, and why each metric got its classification.',
      command: `curl -s "${baseUrl}/canary/$run"`,
    },
    {
      title: 'Read the report',
      text: 'Also as .html, .junit.xml and .json; a browser shows it at /reports/ and the id.',
      command: `curl -s "${baseUrl}/reports/$run.md"`,
    },
  ];
}

/** JSON with lists of numbers on one line; none of ours contains a quote of the shell. */
function asText(value: unknown): string {
  return JSON.stringify(value, undefined, 1).replace(/\n\s+(?=[\d\]])/g, ' ');
}
