// Loaded with --import before the program that is measured: says at its end what it used.
import { writeFileSync } from "node:fs";

const file = process.env.BENCH_USAGE;
if (file !== undefined) {
  process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ peak: maxRSS / 1024, cpu: (userCPUTime + systemCPUTime) / 1000 }));
  });
}
