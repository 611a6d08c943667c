/** Starts a mesh, says what belongs to it in the file that it is given, and goes on until it is ended, or fails. */
import { writeFileSync } from 'node:fs';
import t from 'tap';
import { startMesh } from '../../harness/mesh.ts';

const [, , file = '', what] = process.argv;
const mesh = await startMesh(t);
await mesh.gateway();
const pids = mesh.children.all.map(({ pid }) => pid);
writeFileSync(file, JSON.stringify({ pids, folder: mesh.folder }));
if (what === 'fail') t.fail('as it was asked to');
else await new Promise(() => {});
