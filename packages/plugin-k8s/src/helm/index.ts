export { chart, type Files } from "./chart.ts";
export { writeFiles } from "./write.ts";
