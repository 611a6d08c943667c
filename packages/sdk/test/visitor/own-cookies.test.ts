import fc from 'fast-check';
import t from 'tap';
import { cookieNames, takeCookies } from '../../src/visitor/own-cookies.ts';

const names = cookieNames('tinct', undefined);

t.test('whatever cookies a request has, ours leave and no other is touched', async () => {
  const text = fc.string({ unit: fc.constantFrom(...' =,"_~.%a\t\xff'.split('')), maxLength: 12 });
  const foreign = text.filter((pair) => !pair.includes('__'));
  const ours = fc
    .tuple(fc.constantFrom(...names.all), text)
    .map(([name, value]) => `${name}=${value}`);
  const pair = fc.record({ isOurs: fc.boolean(), foreign, ours }).map((made) => ({
    isOurs: made.isOurs,
    text: made.isOurs ? made.ours : made.foreign,
  }));
  const lines = fc.array(fc.array(pair, { minLength: 1, maxLength: 5 }), { maxLength: 3 });
  const holds = (all: { isOurs: boolean; text: string }[][]) => {
    const headers = all.flatMap((pairs) => ['Cookie', pairs.map(({ text }) => text).join(';')]);
    const { headers: kept, own } = takeCookies(['x-a', '__Host-tinct=1', ...headers], names);
    const values = kept.filter((_, i) => i % 2 === 1).slice(1);
    const wanted = all
      .map((pairs) => {
        const others = pairs.filter(({ isOurs }) => !isOurs).map(({ text }) => text);
        return others.length === pairs.length ? others.join(';') : others.join(';').trim();
      })
      .filter((value, i) => value !== '' || !all[i]?.some(({ isOurs }) => isOurs));
    const visitors = all
      .flat()
      .filter(({ isOurs, text }) => isOurs && text.startsWith('__Host-tinct='));
    return (
      JSON.stringify(values) === JSON.stringify(wanted) &&
      own.visitor.length === visitors.length &&
      kept[1] === '__Host-tinct=1'
    );
  };
  fc.assert(fc.property(lines, holds), { numRuns: 5000 });
});

t.test('a request without our cookies keeps its very headers', async (t) => {
  const headers = ['Cookie', 'a=1; __Host-other=2', 'x', 'y'];
  t.equal(takeCookies(headers, names).headers, headers);
});

t.test('a host’s cookie does not stand for a domain’s', async (t) => {
  const domain = cookieNames('tinct', 'shop.example');
  const { own, headers } = takeCookies(['cookie', '__Host-tinct=1; __Secure-tinct=2'], domain);
  t.same([own.visitor, headers], [['2'], []]);
});
