/** Between Envoy's messages and checks. */
import { status } from '@grpc/grpc-js';
import type { RequestHead } from '../exchange.ts';
import type { Allowed, Denied, Header, Verdict } from './check.ts';
import {
  APPEND_ACTION,
  type CheckRequest,
  type CheckResponse,
  type HeaderOption,
  type HttpAttributes,
  type RawHeader,
} from './protocol.ts';

/** What of a check the request's own head says already, and upgrades, which are between client and gateway. */
const APART = /^(?::.*|host|upgrade)$/;

const textOf = ({ value = '', rawValue }: RawHeader): string =>
  rawValue === undefined || rawValue.length === 0
    ? Buffer.from(value, 'utf8').toString('latin1')
    : rawValue.toString('latin1');

function rawHeadersOf({ headers = {}, headerMap, host = '' }: HttpAttributes): string[] {
  const sent: readonly RawHeader[] =
    headerMap?.headers ?? Object.entries(headers).map(([key, value]) => ({ key, value }));
  const kept = sent.filter(({ key = '' }) => !APART.test(key.toLowerCase()));
  return ['host', host, ...kept.flatMap((header) => [header.key ?? '', textOf(header)])];
}

/** The request that a check asks about; `undefined` for one of another protocol than HTTP. */
export function headOf({ attributes }: CheckRequest): RequestHead | undefined {
  const http = attributes?.request?.http;
  if (http === undefined) return undefined;
  const { method = '', path = '', protocol = '' } = http;
  const httpVersion = protocol === 'HTTP/1.0' ? '1.0' : '1.1';
  return { method, url: path, httpVersion, rawHeaders: rawHeadersOf(http) };
}

/** The address of the gateway's peer. */
export const sourceOf = ({ attributes }: CheckRequest): string | undefined =>
  attributes?.source?.address?.socketAddress?.address;

/** Envoy 1.40 takes texts in answers and overlooks raw bytes: what is no UTF-8 becomes U+FFFD. */
function option([key, value]: Header, how: keyof typeof APPEND_ACTION): HeaderOption {
  const header = { key, value: Buffer.from(value, 'latin1').toString('utf8') };
  return { header, appendAction: APPEND_ACTION[how] };
}

const stringValue = (text: string) => ({ stringValue: text });

/** A `google.protobuf.Struct`: release → variant, reason, revision. */
function metadataOf({ decisions }: Allowed): object {
  const fields = Object.entries(decisions).map(([release, { variant, reason, revision }]) => {
    const inner = {
      variant: stringValue(variant),
      reason: stringValue(reason),
      revision: { numberValue: revision },
    };
    return [release, { structValue: { fields: inner } }] as const;
  });
  return { fields: Object.fromEntries(fields) };
}

function okResponse(allowed: Allowed): CheckResponse {
  const { changes, response } = allowed;
  return {
    status: { code: status.OK },
    okResponse: {
      headers: changes.set.map((header) => option(header, 'set')),
      headersToRemove: changes.remove,
      responseHeadersToAdd: response.map(({ header, how }) => option(header, how)),
    },
    dynamicMetadata: metadataOf(allowed),
  };
}

const deniedResponse = ({ status: code, headers, body }: Denied): CheckResponse => ({
  status: { code: status.PERMISSION_DENIED },
  deniedResponse: {
    status: { code },
    headers: headers.map((header) => option(header, 'set')),
    body,
  },
});

export const responseOf = (verdict: Verdict): CheckResponse =>
  verdict.kind === 'allowed' ? okResponse(verdict) : deniedResponse(verdict);
