/** One server of the benchmark, a process of its own: `server.ts <framework> <mode> <port>`. */
import type { FrameworkName, Mode } from './contestants.ts';
import { FRAMEWORKS } from './frameworks/index.ts';
import { prepare } from './modes.ts';

const [framework, mode, port] = process.argv.slice(2) as [FrameworkName, Mode, string];
const setup = await prepare(mode);
await setup.tinct?.ready();
const start = await FRAMEWORKS[framework]();
await start({ port: Number(port), ...setup });
