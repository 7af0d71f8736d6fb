import { availableParallelism, freemem, loadavg, totalmem } from "node:os";
import process from "node:process";

const MB = 1_048_576;
const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Machine and process as `GET /api/status` tells of them; what Node cannot know is null (server-api §2.17). */
export function processState(uptimeSeconds: number) {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const [user, system] = [userCPUTime / 1e6, systemCPUTime / 1e6];
  const memory = process.memoryUsage();
  return {
    system: {
      cpu_percent: tenth(((loadavg()[0] ?? 0) / availableParallelism()) * 100),
      memory_percent: tenth((1 - freemem() / totalmem()) * 100),
      net_io_sent_mb: null,
      net_io_recv_mb: null,
    },
    process: {
      pid: process.pid,
      cpu_percent: tenth(((user + system) / Math.max(1, uptimeSeconds)) * 100),
      user_cpu_time: user,
      system_cpu_time: system,
      memory_rss_mb: tenth(memory.rss / MB),
      memory_vms_mb: null,
      memory_shared_mb: null,
      num_threads: null,
      io_read_mb: null,
      io_write_mb: null,
    },
  };
}
