/**
 * Loaded before a program whose pauses are to be seen: between two SIGUSR2 it looks at each turn of the event loop, and
 * says how much processor time the longest took. The clock would tell how busy the machine is with others.
 */
let isOn = false;
let longest = 0;

function look(last: number): void {
  const { user, system } = process.threadCpuUsage();
  longest = Math.max(longest, user + system - last);
  if (isOn) setImmediate(look, user + system);
}

process.on('SIGUSR2', () => {
  isOn = !isOn;
  if (isOn) look(Number.POSITIVE_INFINITY);
  process.stderr.write(`PAUSE ${longest / 1000}\n`);
  longest = 0;
});
