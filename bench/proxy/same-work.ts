/** Before anybody is measured: does it do what it is measured for? Gathers the users' cookies on the way. */
import { type Answer, ask, newAgent, type User } from './requests.ts';

const AT_A_TIME = 16;

async function each<T, R>(of: readonly T[], does: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < of.length; i += AT_A_TIME)
    results.push(...(await Promise.all(of.slice(i, i + AT_A_TIME).map(does))));
  return results;
}

function hold(name: string, what: string, holds: boolean): void {
  if (!holds) throw new Error(`${name} does not do the same work: ${what}`);
}

const shareOf = (answers: readonly Answer[]): number =>
  answers.filter(({ version }) => version === 'v2').length / Math.max(1, answers.length);

/** The last letter of a MAC may hold bits that count for nothing: another one is changed. */
const forged = (cookie: string): string =>
  `${cookie.slice(0, -5)}${cookie.at(-5) === 'A' ? 'B' : 'A'}${cookie.slice(-4)}`;

export interface SameWork {
  /** User → the cookie that they have from an earlier visit. */
  readonly cookies: ReadonlyMap<string, string>;
  /** Which part of those who are not on the allowlist got v2. */
  readonly share: number;
}

/**
 * Everybody comes first as somebody new and gets a signed cookie, then as themselves. Throws unless those on the
 * allowlist get v2, about a tenth of the others does, they stay with their version, and a forged cookie is replaced.
 */
export async function sameWork(
  name: string,
  port: number,
  all: readonly User[],
): Promise<SameWork> {
  const agent = newAgent();
  try {
    const first = await each(all, () => ask(port, agent, undefined));
    hold(
      name,
      'not everything is answered',
      first.every(({ status }) => status === 200),
    );
    hold(
      name,
      'a new visitor got no cookie',
      first.every(({ cookie }) => cookie !== undefined),
    );
    const cookies = new Map(all.map(({ id }, i) => [id, first[i]?.cookie ?? '']));
    const known = await each(all, ({ id }) => ask(port, agent, id, cookies.get(id)));
    for (const [i, { id }] of all.entries())
      cookies.set(id, known[i]?.cookie ?? cookies.get(id) ?? '');
    const again = await each(all, ({ id }) => ask(port, agent, id, cookies.get(id)));
    hold(
      name,
      'a cookie is set again',
      again.every(({ cookie }) => cookie === undefined),
    );
    const vips = known.filter((_, i) => all[i]?.isVip);
    hold(name, 'somebody on the allowlist did not get v2', shareOf(vips) === 1);
    const others = shareOf(known.filter((_, i) => !all[i]?.isVip));
    hold(name, `${others * 100} % got v2`, Math.abs(others - 0.1) < 3 / Math.sqrt(all.length));
    const stayed = known.every(({ version }, i) => version === again[i]?.version);
    hold(name, 'somebody changed versions', stayed);
    const attempt = await ask(port, agent, undefined, forged(first[0]?.cookie ?? ''));
    hold(name, 'a forged cookie was believed', attempt.cookie !== undefined);
    return { cookies, share: shareOf(known) };
  } finally {
    agent.destroy();
  }
}
