/** Reads what the documents' tests need out of Markdown. */
import { globSync } from 'node:fs';
import { ROOT } from '../structure/source.ts';

/** The documents that a newcomer reads. */
export const DOCUMENTS = [
  '*.md',
  'docs/**/*.md',
  'packages/*/README.md',
  'examples/README.md',
  'examples/*/README.md',
]
  .flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
  .sort();

export interface Block {
  readonly language: string;
  /** The words after the language, such as `no-run`. */
  readonly words: readonly string[];
  /** The line of its first line of text, from 1. */
  readonly line: number;
  readonly text: string;
}

/** A document's fenced code blocks. */
export function blocksOf(markdown: string): Block[] {
  const fences = markdown.matchAll(/^([ \t]*)(`{3,})([^\n`]*)\n([\s\S]*?)^\1\2[ \t]*$/gm);
  return [...fences].map(({ index, 1: indent = '', 3: info = '', 4: text = '' }) => {
    const [language = '', ...words] = info.trim().split(/\s+/);
    const line = markdown.slice(0, index).split('\n').length + 1;
    return { language, words, line, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') };
  });
}

export interface Command {
  readonly command: string;
  /** The output that the document shows below it; empty when it shows none. */
  readonly output: string;
}

/**
 * The commands of a shell block: lines after `$ `, each with the output below it.
 * Without any `$ `, every line is a command and no output is shown.
 */
export function commandsOf(text: string): Command[] {
  const joined = text.replaceAll(/\\\n\s*/g, '');
  if (!/^\$ /m.test(joined)) {
    const lines = joined.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return lines.map((command) => ({ command, output: '' }));
  }
  return joined
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.split('\n');
      return { command, output: output.join('\n').trimEnd() };
    });
}

/** Whether a program printed what the document shows; `…` stands for any text, alone on a line for any lines. */
export function shows(document: string, printed: string): boolean {
  const pattern = document
    .split('\n')
    .map((line) => {
      if (line.trim() === '…') return '(?:.*\\n)*';
      return `${line.trimEnd().split('…').map(literally).join('.*')}[ \\t]*\\n`;
    })
    .join('');
  return new RegExp(`^${pattern}$`).test(`${printed.trimEnd()}\n`);
}

/** A text as a regular expression that matches it alone. */
const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** GitHub's anchors of a document's headings. */
export function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.matchAll(/^#{1,6} (.*)$/gm);
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
  return new Set([...headings].map(({ 1: heading = '' }) => slug(heading)));
}

/** Where a document's links lead, without those into the web. */
export function linksOf(markdown: string): string[] {
  const prose = markdown
    .replaceAll(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '`');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(({ 1: target = '' }) => target);
  return links.filter((target) => !/^[a-z]+:/.test(target));
}
