/** Which version a service says it is: by option, by variable, by the label that the pod bears. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTinct, type VersionOptions } from '@tinct/sdk';
import t from 'tap';

const folder = mkdtempSync(join(tmpdir(), 'tinct-labels-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** A file as the downward API writes it. */
function labels(text: string): string {
  const file = join(folder, `labels-${count++}`);
  writeFileSync(file, text);
  return file;
}

function served(options: VersionOptions, env: Record<string, string> = {}): string | undefined {
  const tinct = createTinct({ trust: 'mesh', env, outbound: { fetch: false }, ...options });
  tinct.close();
  return tinct.served;
}

t.test('the label of the pod', async (t) => {
  const labelsFile = labels('app="shop"\npod-template-hash="6d5f"\nversion="v2"\n');
  t.equal(served({ labelsFile }), 'v2');
  t.equal(served({ labelsFile, versionLabel: 'app' }), 'shop');
  t.equal(served({ labelsFile: labels('version="v2.1_a-b"') }), 'v2.1_a-b');
  t.equal(served({ labelsFile: labels('app.kubernetes.io/version="3"\nversion="v2"\n') }), 'v2');
});

t.test('who says it counts in this order: option, variable, label', async (t) => {
  const labelsFile = labels('version="v1"\n');
  t.equal(served({ labelsFile }, { TINCT_VERSION: 'v2' }), 'v2');
  t.equal(served({ labelsFile, version: 'v3' }, { TINCT_VERSION: 'v2' }), 'v3');
  t.equal(served({ labelsFile }, { TINCT_VERSION: '' }), 'v1', 'an empty variable says nothing');
});

t.test('where nobody says it, it is unknown and never guessed', async (t) => {
  t.equal(served({ labelsFile: join(folder, 'nowhere') }), undefined);
  t.equal(served({ labelsFile: folder }), undefined, 'a folder');
  for (const text of ['', 'app="shop"\n', 'version=""\n', 'version=v2\n', 'version="v2\n'])
    t.equal(served({ labelsFile: labels(text) }), undefined, JSON.stringify(text));
});

t.test('attack: a version that would write another header', async (t) => {
  const error = { code: 'TINCT_SDK_OPTION_MALFORMED' };
  for (const version of ['v2\r\nset-cookie: a=1', 'v2, v3', ' v2', 'ü', 'v'.repeat(64)]) {
    t.throws(() => served({ version }), error, JSON.stringify(version));
    t.throws(() => served({}, { TINCT_VERSION: version }), error);
  }
  t.throws(() => served({ labelsFile: labels('version="v2\\" x"\n') }), error);
});
