/** What has to be loaded before a command can begin: someone who takes a release back waits for it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { allCommands, commandsFor } from '../src/commands/index.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');

/** Prints the modules that a process has loaded, behind everything else. */
const PRINT = `import { registerHooks } from 'node:module';
const loaded = [];
registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
process.on('exit', () => process.stdout.write('\\n' + JSON.stringify(loaded)));`;

function loadedBy(...args: readonly string[]): readonly string[] {
  const hook = `data:text/javascript,${encodeURIComponent(PRINT)}`;
  const { stdout: said } = spawnSync(process.execPath, ['--import', hook, MAIN, ...args], {
    encoding: 'utf8',
  });
  return JSON.parse(said.slice(said.lastIndexOf('\n')));
}

t.test('tinct abort loads no parser, no edge and no other command', async (t) => {
  const loaded = loadedBy('abort', '--help').filter((url) => url.startsWith('file:'));
  const needless =
    /\/(zod|yaml|jose|fastify|pino|grpc-js)\/|\/packages\/(sdk|proxy|istio-config)\//;
  t.strictSame(
    loaded.filter((url) => needless.test(url)),
    [],
  );
  t.strictSame(
    loaded.flatMap((url) => /commands\/([^/]+)\.ts$/.exec(url)?.[1] ?? []),
    ['index', 'abort'],
  );
  t.ok(loaded.length < 60, `${loaded.length} modules`);
});

t.test('whoever watches a release loads no edge, and without a plan no parser', async (t) => {
  const needless = /\/(zod|yaml|jose|fastify|grpc-js)\/|\/packages\/(sdk|proxy|istio-config)\//;
  const nobody = 'http://127.0.0.1:1';
  for (const line of [
    ['watch', '--help'],
    ['watch', 'my-service', '--once', '--prometheus', nobody],
    ['watch', 'my-service', '--once', '--admin', nobody],
    ['check', '--help'],
    ['check', 'my-service', '--prometheus', nobody],
    ['errors', 'my-service', '--from', nobody],
  ]) {
    const loaded = loadedBy(...line);
    t.strictSame(
      loaded.filter((url) => needless.test(url)),
      [],
      line.join(' '),
    );
    t.ok(loaded.some((url) => url.endsWith(`commands/${line[0]}.ts`)));
  }
});

t.test('Grafana’s SDK is loaded by who asks for dashboards', async (t) => {
  const ofGrafana = (...args: string[]) =>
    loadedBy(...args).filter((url) => url.includes('grafana-foundation-sdk')).length;
  t.equal(ofGrafana('watch', '--help'), 0);
  t.equal(ofGrafana('observe', 'generate', '--help'), 0);
  const plan = join(import.meta.dirname, 'fixture/plan.yaml');
  t.ok(ofGrafana('observe', 'generate', plan) > 0);
});

t.test('each command is found by its name alone', async (t) => {
  const all = await allCommands();
  t.equal(new Set(all).size, all.length);
  for (const command of all)
    t.strictSame(await commandsFor([...command.name.split(' '), '--help']), [command]);
  for (const words of [[], ['--help'], ['help', 'abort'], ['plan'], ['aborts'], ['toString']])
    t.equal((await commandsFor(words)).length, all.length, words.join(' '));
});
