/** Why an address cannot be listened on, as a person would say it. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'ports below 1024 need more rights',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'nobody knows that host now',
};

/** Words for what the system answered, with its code. */
export function whyNotListening(error: unknown): string {
  const { code = 'unknown', message } = error as { readonly code?: string; message?: string };
  return `${REASONS[code] ?? message ?? 'the system does not say why'} (${code})`;
}
