// load.js - a closed loop: so many commands in flight, each counted once its reply is there.
import { newCommand } from './command.js';

const WARM_UP_MS = 500;

function percentile(sorted, share) {
  return Math.round(sorted[Math.floor((sorted.length - 1) * share)] * 1000);
}

/** `send` resolves when the reply to a command has come. Prints one line of JSON, when all have come. */
export async function load(send) {
  const [concurrent, seconds] = process.argv.slice(2).map(Number);
  const begin = performance.now() + WARM_UP_MS;
  const end = begin + seconds * 1000;
  const latencies = [];
  let count = 0;

  async function client() {
    for (let sent = performance.now(); sent < end;) {
      await send(newCommand());
      const now = performance.now();
      if (now >= begin && now < end) latencies.push(now - sent);
      count += 1;
      sent = now;
    }
  }
  await Promise.all(Array.from({ length: concurrent }, client));
  latencies.sort((a, b) => a - b);
  console.log(JSON.stringify({
    rate: latencies.length / seconds,
    p50_us: percentile(latencies, 0.5),
    p99_us: percentile(latencies, 0.99),
    count,
  }));
}
