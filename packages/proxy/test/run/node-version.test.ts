import t from 'tap';
import { nodeFindings } from '../../src/run/node-version.ts';

for (const version of ['22.23.3', '22.24.0', '24.21.0', '24.22.1', '26.10.0', '26.11.0', '28.0.0'])
  t.strictSame(nodeFindings(version), [], version);

for (const version of ['22.19.0', '22.23.2', '23.11.0', '24.9.0', '24.20.0', '25.9.0', '26.9.0'])
  t.match(nodeFindings(version), [{ code: 'TINCT_EDGE_NODE_OLD', level: 'warning' }], version);

t.match(nodeFindings('22.19.0')[0]?.message, /Node 22\.19\.0; .* 22\.23\.3, 24\.21\.0, 26\.10\.0/);

t.strictSame(nodeFindings(process.versions.node), [], 'the Node that tests it');
