/** One server of the benchmark, a process of its own: `server.ts <framework> <mode> <port>`. */
import { FRAMEWORKS } from './frameworks.ts';
import { type Mode, prepare } from './modes.ts';

const [framework = '', mode = 'bare', port = '0'] = process.argv.slice(2);
const { tinct, hello } = prepare(mode as Mode);
await tinct?.ready();
await FRAMEWORKS[framework]?.({ port: Number(port), hello, tinct });
