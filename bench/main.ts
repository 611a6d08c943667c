/** `pnpm bench <name> [options]`: runs one benchmark and prints its table. */
interface Bench {
  readonly USAGE: string;
  main(args: string[]): Promise<string>;
}

/** Only the one asked for is loaded: each brings peers along. */
const BENCHES: ReadonlyMap<string, () => Promise<Bench>> = new Map([
  ['alerts', () => import('./alerts/main.ts')],
  ['analysis', () => import('./analysis/main.ts')],
  ['decide', () => import('./decide/main.ts')],
  ['proxy', () => import('./proxy/main.ts')],
  ['sdk', () => import('./sdk/main.ts')],
]);

const isHelp = (arg: string | undefined): boolean => arg === '--help' || arg === '-h';

/** An option that there is not, or one without its value: `parseArgs` says which. */
const isMisspelt = (error: unknown): error is Error =>
  error instanceof Error && `${(error as NodeJS.ErrnoException).code}`.startsWith('ERR_PARSE_ARGS');

async function usages(): Promise<string> {
  const all = await Promise.all([...BENCHES.values()].map((load) => load()));
  return `usage: ${all.map(({ USAGE }) => USAGE).join('\n')}`;
}

async function run([name, ...args]: string[]): Promise<number> {
  const load = BENCHES.get(name ?? '');
  if (load === undefined) {
    (isHelp(name) ? process.stdout : process.stderr).write(await usages());
    return isHelp(name) ? 0 : 2;
  }
  const { USAGE, main } = await load();
  if (args.some(isHelp)) {
    process.stdout.write(`usage: ${USAGE}`);
    return 0;
  }
  try {
    process.stdout.write(await main(args));
    return 0;
  } catch (error) {
    if (!isMisspelt(error)) throw error;
    process.stderr.write(`${error.message}\nusage: ${USAGE}`);
    return 2;
  }
}

process.exitCode = await run(process.argv.slice(2));
