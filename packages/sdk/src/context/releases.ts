/** Which releases there are, for the compiler. Names that plans give; what is not declared is any text. */

/**
 * Release → its variants. Empty here; `tinct types plan.yaml` writes a declaration that fills it:
 *
 * ```ts
 * declare module '@tinct/sdk' {
 *   interface Releases { 'my-service': 'v1' | 'v2' }
 * }
 * ```
 *
 * A module re-exports it by `export *` alone: declarations of users do not reach what is re-exported by its name.
 */
// biome-ignore lint/suspicious/noEmptyInterface: declarations merge into it.
export interface Releases {}

/** The plan's releases where they are declared, any name where not. */
export type ReleaseName = [keyof Releases] extends [never] ? string : keyof Releases & string;

/** The variants of a release where they are declared. */
export type VariantOf<R extends string> = R extends keyof Releases
  ? Extract<Releases[R], string>
  : string;
