export { chart, type Files } from "./chart.ts";
