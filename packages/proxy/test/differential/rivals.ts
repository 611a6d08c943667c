/** nginx and HAProxy in front of the same service, told to change as little as they can. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { freePort, listens, nginx, scratch, started } from '../parts.ts';

/** Starts nginx in front of a port; its own. */
export async function nginxFor(t: Test, origin: number): Promise<number> {
  const port = await freePort();
  nginx(
    t,
    () => `
  underscores_in_headers on;
  ignore_invalid_headers off;
  merge_slashes off;
  large_client_header_buffers 8 32k;
  keepalive_requests 100000;
  upstream origin { server 127.0.0.1:${origin}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_buffer_size 64k;
      proxy_buffers 4 64k;
      proxy_busy_buffers_size 64k;
      proxy_redirect off;
      proxy_pass_header Server;
      proxy_pass_header Date;
      proxy_next_upstream off;
      client_max_body_size 0;
    }
  }`,
  );
  await listens({ port });
  return port;
}

/** Starts HAProxy in front of a port; its own. */
export async function haproxyFor(t: Test, origin: number): Promise<number> {
  const port = await freePort();
  const file = join(scratch(t, 'haproxy'), 'haproxy.cfg');
  writeFileSync(
    file,
    `
global
  nbthread 1
  tune.bufsize 65536
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  retries 0
  option http-keep-alive
frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  server origin 127.0.0.1:${origin}
`,
  );
  started(t, 'haproxy', ['-f', file, '-db', '-q']);
  await listens({ port });
  return port;
}
