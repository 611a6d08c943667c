import { type PlanDocument, TinctError } from '@tinct/core';
import { FilePlanSource } from '../plan/file-source.ts';
import { InlinePlanSource } from '../plan/inline-source.ts';
import type { PlanSource } from '../plan/source.ts';
import { UrlPlanSource } from '../plan/url-source.ts';

/** A file's path, an `http(s)` URL, the plan itself, or a source of your own. */
export type PlanOption = string | URL | { readonly inline: string | PlanDocument } | PlanSource;

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

function fromUrl(url: URL): PlanSource {
  return url.protocol === 'file:' ? new FilePlanSource(url.pathname) : new UrlPlanSource(url);
}

/** @throws {TinctError} for what is none of them. */
export function planSource(plan: PlanOption): PlanSource {
  if (typeof plan === 'string')
    return isUrl(plan) ? new UrlPlanSource(plan) : new FilePlanSource(plan);
  if (plan instanceof URL) return fromUrl(plan);
  if ('inline' in plan) return new InlinePlanSource(plan.inline);
  if (typeof plan.read === 'function') return plan;
  throw new TinctError('TINCT_SDK_OPTION_MALFORMED', 'plan: it is no path, URL, plan or source');
}
