import { readFileSync } from 'node:fs';

export interface Instruction {
  readonly name: string;
  /** without the backslashes at line ends */
  readonly text: string;
}

/** A stage of a Dockerfile, from one FROM to the next. */
export type Stage = readonly Instruction[];

/** The stages, in their order. Comments are left out. */
export function readDockerfile(path: string): Stage[] {
  const text = readFileSync(path, 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '');
  const instructions = text.split('\n').flatMap((line) => {
    const [, name, rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, text: rest }];
  });
  const starts = instructions.flatMap(({ name }, index) => (name === 'FROM' ? [index] : []));
  return starts.map((start, index) => instructions.slice(start, starts[index + 1]));
}

export function textsOf(stage: Stage, name: string): string[] {
  return stage.filter((instruction) => instruction.name === name).map(({ text }) => text);
}
