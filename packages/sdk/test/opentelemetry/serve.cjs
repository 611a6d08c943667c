const http = require('node:http');

const get = (url) =>
  new Promise((resolve, reject) => {
    http.get(url, (res) => res.resume().on('end', resolve)).on('error', reject);
  });

/** `/?port`: calls that port as `127.0.0.1`, which may see colors, and as `localhost`, which may not. `/spans`: what was traced. */
exports.serve = (service, tinct, spans) => {
  const listener = async (req, res) => {
    if (req.url === '/spans') return res.end(JSON.stringify(spans));
    const port = req.url.slice(2);
    await Promise.all(
      ['127.0.0.1', 'localhost'].flatMap((host) => [
        fetch(`http://${host}:${port}/fetch`).then((answer) => answer.text()),
        get(`http://${host}:${port}/node`),
      ]),
    );
    return res.end('done');
  };
  const server = http.createServer(tinct(service, listener));
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
};
