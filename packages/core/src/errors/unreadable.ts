/** Why a file could not be read, as a person would say it. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is no directory',
  ELOOP: 'its symlinks lead in a circle',
};

/** Words for what the system answered, for a sentence behind the file's name; else its code, or its message. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return REASONS[code ?? ''] ?? code ?? message ?? String(error);
}
