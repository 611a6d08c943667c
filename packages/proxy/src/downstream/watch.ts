import { TinctError } from '@tinct/core';
import { type Watch, watchFile } from '@tinct/sdk';
import type { Front } from './front.ts';
import { certificateFiles, type TlsOptions } from './tls.ts';

/** Certificates come into force when their files change; connections that stand are not touched. */
export function watchCertificates(
  { tls }: Front,
  options: TlsOptions,
  onRefused: (error: TinctError) => void = () => {},
): Watch {
  const reload = () =>
    void tls?.load().catch((error) => {
      if (error instanceof TinctError) onRefused(error);
    });
  const watches = certificateFiles(options).map((file) => watchFile(file, reload));
  return { close: () => watches.forEach((watch) => void watch.close()) };
}
