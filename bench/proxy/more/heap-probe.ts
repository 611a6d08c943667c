/** Loaded before a program whose heap is to be watched: on SIGUSR2 it collects what can be collected, and says what is left. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.stderr.write(`HEAP ${JSON.stringify({ heapUsed, external, rss })}\n`);
});
