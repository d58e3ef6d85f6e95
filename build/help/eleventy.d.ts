/** What we use of Eleventy, which has no types of its own. */
declare module '@11ty/eleventy' {
  import type MarkdownIt from 'markdown-it';

  export interface EleventyConfig {
    addTemplate(path: string, text: string, data: Readonly<Record<string, unknown>>): void;
    amendLibrary(name: 'md', amend: (markdown: MarkdownIt) => void): void;
    setTemplateFormats(formats: readonly string[]): void;
  }

  export class Eleventy {
    constructor(
      input: string,
      output: string,
      options: {
        readonly configPath: null;
        readonly quietMode: boolean;
        readonly config: (config: EleventyConfig) => void;
      },
    );
    init(): Promise<void>;
    toJSON(): Promise<{ outputPath: string; content: string }[]>;
  }
}
