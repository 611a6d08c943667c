/** Chromium, as a visitor and as a tester. */
import { existsSync } from 'node:fs';
import { signOverride } from '@tinct/sdk';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { NAME, type Shop, shopFor } from './shop.ts';

const PROGRAM = '/usr/bin/chromium';
const found = existsSync(PROGRAM);
t.ok(found || !process.env['TINCT_REQUIRE_PARTS'], 'what runs all the tests has Chromium');
const when = found ? {} : { skip: 'Chromium is not installed' };

/** A browser to which the shop's name leads to this machine. */
async function browser(t: Test): Promise<() => Promise<BrowserContext>> {
  const started = await chromium.launch({
    executablePath: PROGRAM,
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${NAME} 127.0.0.1`],
  });
  t.teardown(() => started.close());
  return async () => {
    const context = await started.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(60_000);
    return context;
  };
}

interface Shown {
  readonly title: string;
  /** What the answers to the page's 20 requests said. */
  readonly answers: readonly string[];
  readonly socket: string;
  readonly cookies: string;
  readonly protocol: string;
}

async function shown(page: Page): Promise<Shown> {
  const text = (id: string) =>
    page
      .locator(`#${id}`)
      .textContent()
      .then((given) => given ?? '');
  await page.waitForFunction(`document.getElementById('socket').textContent.includes('says')`);
  const protocol = await page.evaluate<string>(
    `performance.getEntriesByType('navigation')[0].nextHopProtocol`,
  );
  return {
    title: await page.title(),
    answers: [...new Set((await text('answers')).split(' '))],
    socket: await text('socket'),
    cookies: await text('cookies'),
    protocol,
  };
}

const versionOf = ({ title }: Shown): string => title.replace('shop ', '');

/** Everything that a page shows is of one version. */
function isWhole(t: Test, page: Shown): string {
  const version = versionOf(page);
  t.match(version, /^v[12]$/);
  t.same(page, {
    ...page,
    answers: [version],
    socket: `${version} says hello`,
    cookies: 'none',
    protocol: 'h2',
  });
  return version;
}

async function visit(context: BrowserContext, { url }: Shop): Promise<{ page: Page; seen: Shown }> {
  const page = await context.newPage();
  await page.goto(`${url}/`);
  return { page, seen: await shown(page) };
}

t.test(
  'a page, its 20 parallel requests and its WebSocket are of one version, visit after visit',
  when,
  async (t) => {
    const shop = await shopFor(t);
    const newVisitor = await browser(t);
    const versions = new Set<string>();
    for (let visitor = 0; visitor < 40 && versions.size < 2; visitor += 1) {
      const context = await newVisitor();
      const first = isWhole(t, (await visit(context, shop)).seen);
      const { seen } = await visit(context, shop);
      t.equal(isWhole(t, seen), first, 'the same on the second visit');
      const [cookie, ...more] = await context.cookies();
      t.match(cookie, {
        name: '__Host-tinct',
        domain: NAME,
        path: '/',
        httpOnly: true,
        secure: true,
        sameSite: 'Lax',
      });
      t.same(more, []);
      versions.add(first);
      await context.close();
    }
    t.same([...versions].sort(), ['v1', 'v2'], 'visitors get both versions');
    t.same([...new Set(shop.sockets)], ['2.0'], 'WebSockets come by HTTP/2, as RFC 8441 has it');
  },
);

t.test(
  'a tester clicks a link and sees the other version, without the token in the address',
  when,
  async (t) => {
    const shop = await shopFor(t);
    const context = await (await browser(t))();
    const { page, seen } = await visit(context, shop);
    const before = isWhole(t, seen);
    const wanted = before === 'v1' ? 'v2' : 'v1';
    const now = Date.now();
    const wish = { release: 'my-service', variant: wanted, epoch: 1, expires: now + 3_600_000 };
    const { token } = await signOverride(wish, shop.keys, now);
    const link = `<a id="override" href="/?a=b&tinct-override=${token}">See the other version</a>`;
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(link)})`);
    await page.click('#override');
    await page.waitForURL(`${shop.url}/?a=b`);
    t.equal(isWhole(t, await shown(page)), wanted);
    const names = (await context.cookies()).map(({ name, httpOnly, secure, sameSite }) => {
      return { name, httpOnly, secure, sameSite };
    });
    const flags = { httpOnly: true, secure: true, sameSite: 'Lax' };
    t.same(
      names.sort((a, b) => a.name.length - b.name.length),
      [
        { name: '__Host-tinct', ...flags },
        { name: '__Host-tinct-override', ...flags },
      ],
    );
    await page.goto(`${shop.url}/?tinct-override=`);
    t.equal(isWhole(t, await shown(page)), before, 'an empty token takes it back');
  },
);
