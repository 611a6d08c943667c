/** What to try, as lines that work as they are printed. */

/** How someone in the same place calls the command: through the workspace, or through npm. */
export function commandFor(env: Readonly<Record<string, string | undefined>>): string {
  return env['npm_package_name'] === 'tinct-workspace' ? 'npx -y pnpm@12 tinct' : 'npx tinct';
}

/** A path or word as a shell needs it. */
function quoted(word: string): string {
  return /^[\w./:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function whatToTry(url: string, plan: string, tinct: string): string[] {
  const at = `--plan ${quoted(plan)}`;
  return [
    `curl -H 'user-id: 123' ${url}/     # v2: user 123 is on the list`,
    `curl -H 'user-id: 124' ${url}/     # v1: everyone else`,
    `curl -H 'user-id: 124' -H 'x-tinct-my-service: v2' ${url}/     # still v1: the client does not choose`,
    `for id in $(seq 200 300); do curl -s -H "user-id: $id" ${url}/; done | sort | uniq -c`,
    `${tinct} plan set my-service --percent 5 ${at}     # 5 %, always the same users`,
    `${tinct} explain ${at} --header 'user-id: 124'     # why`,
    `${tinct} plan abort my-service ${at}     # everyone back on v1`,
  ];
}
