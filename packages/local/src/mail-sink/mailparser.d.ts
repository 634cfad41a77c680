/** The part of mailparser 3.9.1 that the sink uses; the package ships no types. */
declare module "mailparser" {
  interface Address {
    address?: string;
    group?: Address[];
  }
  export interface ParsedMail {
    headerLines: { key: string; line: string }[];
    from?: { value: Address[] };
    subject?: string;
    text?: string;
    html?: string | false;
  }
  export function simpleParser(
    source: Buffer,
    options: { skipHtmlToText: boolean; skipTextToHtml: boolean; skipImageLinks: boolean },
  ): Promise<ParsedMail>;
}
