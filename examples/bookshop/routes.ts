/** Stands for the mesh: sends a request to the version that its routing header names, as Istio's routes do. */
import { request } from 'node:http';
import { listen } from './listen.ts';

const { V1 = '', V2 = '' } = process.env;

await listen((req, res) => {
  const url = req.headers['x-tinct-stars'] === 'v2' ? V2 : V1;
  const { method, headers } = req;
  const onward = request(url, { method, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  onward.on('error', () => res.writeHead(502).end());
  req.pipe(onward);
});
