/** Envoy's authorization service as gRPC has it, from the vendored definitions in `proto/`. */
import { join } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const FOLDER = join(import.meta.dirname, '../../proto');
const FILES = ['envoy/service/auth/v3/external_auth.proto', 'grpc/health/v1/health.proto'];

/** What is read of a `CheckRequest`. */
export interface CheckRequest {
  readonly attributes?: {
    readonly source?: {
      readonly address?: { readonly socketAddress?: { readonly address?: string } };
    };
    readonly request?: { readonly http?: HttpAttributes };
  };
}

export interface HttpAttributes {
  readonly method?: string;
  /** With its query. */
  readonly path?: string;
  readonly host?: string;
  /** `HTTP/1.1`. */
  readonly protocol?: string;
  /** Names in lower case; duplicates joined, bytes beyond UTF-8 replaced. Empty where `headerMap` is there. */
  readonly headers?: Readonly<Record<string, string>>;
  /** With `encode_raw_headers`: each header as it came. */
  readonly headerMap?: { readonly headers?: readonly RawHeader[] };
}

export interface RawHeader {
  readonly key?: string;
  readonly value?: string;
  readonly rawValue?: Buffer;
}

/** `HeaderAppendAction`. */
export const APPEND_ACTION = { add: 0, set: 2, replace: 3 } as const;

export interface HeaderOption {
  readonly header: RawHeader;
  readonly appendAction: number;
}

/** What is written of a `CheckResponse`. */
export interface CheckResponse {
  /** Of `google.rpc.Code`. */
  readonly status: { readonly code: number };
  readonly okResponse?: {
    readonly headers: readonly HeaderOption[];
    readonly headersToRemove: readonly string[];
    readonly responseHeadersToAdd: readonly HeaderOption[];
  };
  readonly deniedResponse?: {
    readonly status: { readonly code: number };
    readonly headers: readonly HeaderOption[];
    readonly body: string;
  };
  readonly dynamicMetadata?: object;
}

export interface Services {
  readonly authorization: ServiceDefinition;
  readonly health: ServiceDefinition;
}

/** Reads the definitions: some 20 files, once for each server. */
export function loadServices(): Services {
  const loaded = loadSync(FILES, { includeDirs: [FOLDER], enums: String, longs: String });
  return {
    authorization: loaded['envoy.service.auth.v3.Authorization'] as ServiceDefinition,
    health: loaded['grpc.health.v1.Health'] as ServiceDefinition,
  };
}
