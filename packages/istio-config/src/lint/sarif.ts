/** Findings in SARIF 2.1.0 (OASIS), as code review tools show them beside the lines. */
import { ERRORS, type ErrorCode, type Finding } from '@tinct/core';

export interface SarifOptions {
  readonly version: string;
}

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** A log of one run. Files are named as the findings name them, relative to where the command ran. */
export function sarif(findings: readonly Finding[], { version }: SarifOptions): unknown {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const driver = {
    name: 'tinct',
    version,
    informationUri: 'https://tinct.dev',
    rules: codes.map(ruleOf),
  };
  const results = findings.map((found) => resultOf(found, codes));
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
}

function ruleOf(code: ErrorCode) {
  const { level, title, cause, mend } = ERRORS[code];
  return {
    id: code,
    shortDescription: { text: `${title}.` },
    fullDescription: { text: cause },
    help: { text: mend },
    defaultConfiguration: { level },
  };
}

function resultOf({ code, level, message, hint, file, line, column }: Finding, codes: ErrorCode[]) {
  const place = {
    artifactLocation: { uri: uriOf(file ?? 'plan.yaml') },
    ...(line !== undefined && { region: { startLine: line, startColumn: column ?? 1 } }),
  };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level,
    message: { text: `${message}. ${hint}` },
    locations: [{ physicalLocation: place }],
  };
}

/** A path as a relative reference (RFC 3986). */
const uriOf = (file: string): string => file.split(/[\\/]/).map(encodeURIComponent).join('/');
