import GithubSlugger from 'github-slugger';
import { lexer, type Token, type Tokens, walkTokens } from 'marked';

export interface Heading {
  depth: number;
  text: string;
  /** The part of an address behind `#`, as GitHub makes it. */
  anchor: string;
}

export interface Link {
  href: string;
  line: number;
}

/** A fenced code block. */
export interface CodeBlock {
  language: string;
  /** Words that follow the language on the line of the fence. */
  tags: readonly string[];
  code: string;
  /** Line of the fence. */
  line: number;
  /** The heading above it. */
  heading: string;
}

/** Inline code. */
export interface CodeSpan {
  code: string;
  line: number;
}

export interface MarkdownFile {
  headings: readonly Heading[];
  links: readonly Link[];
  blocks: readonly CodeBlock[];
  spans: readonly CodeSpan[];
  /** HTML tags, which are often placeholders that were meant to be code. */
  tags: readonly string[];
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
const unescaped = (text: string) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);

/** The text of inline Markdown, as a reader sees it. */
export function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if ('tokens' in token && token.tokens) return plainText(token.tokens);
      if (token.type === 'br') return ' ';
      if (token.type === 'image' || token.type === 'html') return '';
      return 'text' in token ? unescaped(String(token.text)) : '';
    })
    .join('');
}

/** Addresses in HTML that stands in Markdown. */
const addressesIn = (html: string) => [...html.matchAll(/\s(?:href|src|srcset)="([^"\s]+)"/g)].map(([, href]) => href!);

/** Reads what the checks and the site need of a Markdown file. Lines are those of the paragraph, list or table. */
export function readMarkdown(source: string): MarkdownFile {
  const headings: Heading[] = [];
  const links: Link[] = [];
  const blocks: CodeBlock[] = [];
  const spans: CodeSpan[] = [];
  const tags: string[] = [];
  const slugger = new GithubSlugger();
  let line = 1;

  const take = (token: Token) => {
    if (token.type === 'heading') {
      const text = plainText((token as Tokens.Heading).tokens).trim();
      headings.push({ depth: (token as Tokens.Heading).depth, text, anchor: slugger.slug(text) });
    } else if (token.type === 'link' || token.type === 'image') {
      links.push({ href: (token as Tokens.Link).href, line });
    } else if (token.type === 'html') {
      tags.push(token.raw.trim());
      links.push(...addressesIn(token.raw).map((href) => ({ href, line })));
    } else if (token.type === 'code' && (token as Tokens.Code).codeBlockStyle !== 'indented') {
      const [language = '', ...tags] = ((token as Tokens.Code).lang ?? '').split(/\s+/);
      blocks.push({ language, tags, code: (token as Tokens.Code).text, line, heading: headings.at(-1)?.text ?? '' });
    } else if (token.type === 'codespan') {
      spans.push({ code: unescaped((token as Tokens.Codespan).text), line });
    }
  };
  for (const token of lexer(source)) {
    walkTokens([token], (inner) => take(inner));
    line += token.raw.split('\n').length - 1;
  }
  return { headings, links, blocks, spans, tags };
}

/** Replaces the addresses of links and images; the rest of the file stays as it is. */
export function mapLinks(source: string, map: (href: string) => string): string {
  let result = '';
  let rest = source;
  const skip = (length: number) => {
    result += rest.slice(0, length);
    rest = rest.slice(length);
  };
  const replace = (before: string, href: string) => {
    const at = rest.indexOf(before + href);
    if (at < 0) return;
    skip(at + before.length);
    result += map(href);
    rest = rest.slice(href.length);
  };
  walkTokens(lexer(source), (token) => {
    if (token.type === 'code' || token.type === 'codespan') {
      // Line by line: the parser has taken away the indentation of a list.
      for (const line of token.raw.split('\n').map((text) => text.trim())) {
        const at = rest.indexOf(line);
        if (at >= 0) skip(at + line.length);
      }
    } else if (token.type === 'link' || token.type === 'image') replace('](', (token as Tokens.Link).href);
    else if (token.type === 'html') for (const href of addressesIn(token.raw)) replace('"', href);
  });
  return result + rest;
}
