/** A result for programs. Maps become objects. */
export function jsonText(value: unknown): string {
  const plain = (_: string, inner: unknown) =>
    inner instanceof Map ? Object.fromEntries(inner) : inner;
  return `${JSON.stringify(value, plain, 2)}\n`;
}
