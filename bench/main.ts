/** `pnpm bench <name> [options]`: runs one benchmark and prints its table. */
import * as analysis from './analysis/main.ts';
import * as decide from './decide/main.ts';
import * as proxy from './proxy/main.ts';
import * as sdk from './sdk/main.ts';

interface Bench {
  readonly USAGE: string;
  main(args: string[]): Promise<string>;
}

const BENCHES: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  ['analysis', analysis],
  ['decide', decide],
  ['proxy', proxy],
  ['sdk', sdk],
]);

async function run([name = '', ...args]: string[]): Promise<number> {
  const bench = BENCHES.get(name);
  if (bench === undefined) {
    const usages = [...BENCHES.values()].map(({ USAGE }) => USAGE);
    process.stderr.write(`usage: ${usages.join('\n')}`);
    return 2;
  }
  process.stdout.write(await bench.main(args));
  return 0;
}

process.exitCode = await run(process.argv.slice(2));
