/** An edge in a process of its own: `node edge.ts FOLDER`, with `tinct.yaml` in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, startProxy } from '@tinct/proxy';

const folder = process.argv[2] ?? '.';
const text = readFileSync(join(folder, 'tinct.yaml'), 'utf8');
const loaded = loadConfig({ file: { text, name: 'tinct.yaml' }, env: {}, flags: {} });
const log = { write: (line: string) => void process.stderr.write(line) };
startProxy(loaded, { folders: { config: folder, cwd: folder }, log }).then((proxy) => {
  process.once('SIGTERM', () => void proxy.stop());
  process.stdout.write(`${new URL(proxy.address.url).port}\n`);
});
