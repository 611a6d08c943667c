/** Connections that are read into one memory: nothing that came before is lost, and each end reaches the other. */
import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { takeOver } from '../src/downstream/shared-reads.ts';
import { listen, until } from './helpers.ts';

/** Both sides of a connection; what the server reads is in `got`. */
async function ends(
  t: Test,
  before: (server: Socket, client: Socket) => Promise<unknown> = async () => {},
) {
  const got: string[] = [];
  const server = createServer({ allowHalfOpen: true });
  const url = new URL(await listen(t, server));
  const accepted = once(server, 'connection');
  const client = connect(Number(url.port), url.hostname);
  t.teardown(() => client.destroy());
  const [from] = (await accepted) as [Socket];
  await before(from, client);
  const made = takeOver(from, (memory, bytes) => {
    got.push(memory.toString('latin1', 0, bytes));
    return true;
  });
  if (made === undefined) throw new Error('it stayed as it was');
  made.on('error', () => {});
  return { got, made, from, client, server };
}

t.test('what comes is read, what is written arrives', async (t) => {
  const { got, made, client } = await ends(t);
  client.write('one');
  await until(() => got.join('') === 'one');
  made.write('two');
  const [answer] = (await once(client, 'data')) as [Buffer];
  t.equal(answer.toString(), 'two');
  t.equal(made.remotePort, client.localPort);
});

t.test('an end that came before is heard', async (t) => {
  const { got, made } = await ends(t, async (from, client) => {
    client.end('last');
    await once(from, 'readable');
    t.equal(`${from.read()}`, 'last');
    await setTimeout(50);
  });
  made.resume();
  await once(made, 'end');
  t.strictSame(got, []);
});

t.test('whichever is destroyed, both are, and the server knows', async (t) => {
  for (const which of ['made', 'from'] as const) {
    const all = await ends(t);
    all[which].destroy();
    await once(all.client.resume(), 'close');
    await until(() => all.made.destroyed && all.from.destroyed);
    const { promise, resolve } = Promise.withResolvers<void>();
    all.server.close(() => resolve());
    await promise;
  }
});

t.test('who said where it comes from is believed afterwards too', async (t) => {
  const { made } = await ends(t, async (from) => {
    Object.defineProperties(from, { remoteAddress: { value: '192.0.2.7' } });
  });
  t.equal(made.remoteAddress, '192.0.2.7');
});

t.test('what Node keeps in another way stays as it is', async (t) => {
  t.equal(
    takeOver(new Socket(), () => true),
    undefined,
  );
});
