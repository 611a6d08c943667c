/** What was found in a document, and the user's mistake as an error. */
import type { Level } from './entry.ts';
import { ERRORS, type ErrorCode } from './table.ts';

/** One thing found in a document: what, where, and how to mend it. */
export interface Finding {
  readonly code: ErrorCode;
  readonly level: Level;
  readonly message: string;
  /** Where in the document: keys and indexes from the root. */
  readonly path: readonly (string | number)[];
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 code units. */
  readonly column?: number;
  /** How to mend it here; the table's advice where there is nothing more to say. */
  readonly hint: string;
}

/** Makes a finding; its level is the table's. */
export function finding(
  code: ErrorCode,
  message: string,
  path: readonly (string | number)[],
  hint?: string,
): Finding {
  const { level, mend } = ERRORS[code];
  return { code, level, message, path, hint: hint ?? mend };
}

/** A mistake of the user's: a stable code, a message, a hint, and the findings behind it if there are several. */
export class TinctError extends Error {
  override readonly name = 'TinctError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly findings: readonly Finding[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; findings?: readonly Finding[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? ERRORS[code].mend;
    this.findings = options.findings ?? [];
  }
}

/** `release.rules[2].percent`: a finding's path as people write it. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

/** `plan.yaml:12:7 error TINCT_…: message (path). Hint: …`, one line. */
export function formatFinding(f: Finding): string {
  const where = f.line === undefined ? f.file : `${f.file ?? 'plan'}:${f.line}:${f.column}`;
  const at = f.path.length > 0 ? ` (${formatPath(f.path.map(shortStep))})` : '';
  return printable(
    `${where === undefined ? '' : `${where} `}${f.level} ${f.code}: ${f.message}${at}. Hint: ${f.hint}`,
  );
}

function shortStep(step: string | number): string | number {
  return typeof step === 'string' && step.length > 60 ? `${step.slice(0, 57)}…` : step;
}

/** Line ends, escape sequences and invisible characters of a plan would speak to the terminal: they are shown as code points. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
