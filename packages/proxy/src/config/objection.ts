import type { ErrorCode, Path } from '@tinct/core';

/** What is wrong with a value that is right by itself. */
export interface Objection {
  readonly code: ErrorCode;
  readonly message: string;
  readonly path: Path;
}

/** Whether somebody wrote another value than the default. */
export type IsChosen = (path: Path) => boolean;
