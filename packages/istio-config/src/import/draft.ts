/** What an import has gathered: the plan's parts, and what was said on the way. */
import type { AttributeDocument, ErrorCode, Finding, RuleDocument, Trust } from '@tinct/core';
import { findingAt, type Manifest, type Path } from '../manifests/manifest.ts';

export interface ImportOptions {
  /** The plan's name. Default `imported`. */
  readonly name?: string;
  /** The header that names the user. Default: the first matched one whose name says so, such as `user-id` or `end-user`. */
  readonly identityHeader?: string;
  /** Who is believed for headers and cookies. Istio believes anyone. Default `hops`. */
  readonly trust?: Trust;
}

/** A rule, and where it was read. */
export interface ImportedRule {
  readonly rule: RuleDocument;
  readonly manifest: Manifest;
  readonly path: Path;
}

export interface ImportedRelease {
  readonly name: string;
  readonly service: string;
  readonly host: string;
  readonly stable: string;
  readonly subsets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly rules: readonly ImportedRule[];
}

export class ImportDraft {
  readonly identityHeader: string | undefined;
  readonly trust: Trust;
  readonly attributes = new Map<string, AttributeDocument>();
  readonly releases: ImportedRelease[] = [];
  readonly findings: Finding[] = [];
  readonly #said = new Set<string>();

  constructor(identityHeader: string | undefined, trust: Trust) {
    this.identityHeader = identityHeader;
    this.trust = trust;
  }

  report(manifest: Manifest, code: ErrorCode, message: string, path: Path, hint?: string): void {
    this.findings.push(findingAt(manifest, code, message, path, hint));
  }

  /** Says something about a header or a cookie the first time it is met. */
  reportOnce(manifest: Manifest, code: ErrorCode, message: string, path: Path, hint?: string) {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.report(manifest, code, message, path, hint);
  }

  /** Declares an attribute that is read from a header or a cookie; its name. */
  attribute(kind: 'header' | 'cookie', name: string): string {
    const called = kind === 'header' ? name : `cookie.${name}`;
    const { trust } = this;
    this.attributes.set(
      called,
      kind === 'header'
        ? { header: name, ...(trust === 'hops' ? {} : { trust }) }
        : { cookie: name, trust },
    );
    return called;
  }
}
