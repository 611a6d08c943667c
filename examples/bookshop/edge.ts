/** Decides each request's version once. */
import { startEdge } from '@tinct/proxy';
import { FilePlanSource } from '@tinct/sdk';

const { PLAN = '', WEB = '' } = process.env;
const edge = await startEdge({
  plan: new FilePlanSource(PLAN),
  upstream: WEB,
  // Here every program on this machine may say who the user is.
  trustedHops: ['127.0.0.0/8'],
});
process.send?.(edge.address.url);
