/** Numbers out of a Prometheus page. */

/** The sum of all series of a metric whose labels contain every given text; 0 when there is none. */
export function sumOf(page: string, metric: string, ...labels: readonly string[]): number {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .filter((line) => labels.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
