import { numberOf, ok, type Site } from "./reply.ts";

/** api.open-meteo.com `/v1/forecast`: the variables asked for under `current`, `hourly`, `daily`, and `current_weather`. */
export const weather: Site = ({ url }) => {
  if (url.pathname !== "/v1/forecast") return undefined;
  const latitude = numberOf(url, "latitude", Number.NaN);
  const longitude = numberOf(url, "longitude", Number.NaN);
  if (Number.isNaN(latitude) || Number.isNaN(longitude)) {
    return {
      status: 400,
      body: { error: true, reason: "Parameter 'latitude' and 'longitude' must have the same number of elements" },
    };
  }
  const temperature = Math.round((30 - Math.abs(latitude) / 2) * 10) / 10;
  const times = Array.from({ length: 24 }, (_, hour) => `2025-06-01T${String(hour).padStart(2, "0")}:00`);
  return ok({
    latitude,
    longitude,
    generationtime_ms: 0.05,
    utc_offset_seconds: 0,
    timezone: "GMT",
    timezone_abbreviation: "GMT",
    elevation: 38,
    ...block(url, "current", () => temperature, { time: "2025-06-01T12:00", interval: 900 }),
    ...block(url, "hourly", () => times.map((_, hour) => temperature + (hour % 6)), { time: times }),
    ...block(url, "daily", () => [temperature], { time: ["2025-06-01"] }),
    ...(url.searchParams.get("current_weather") === "true"
      ? {
          current_weather: {
            time: "2025-06-01T12:00",
            interval: 900,
            temperature,
            windspeed: 10.5,
            winddirection: 200,
            is_day: 1,
            weathercode: 3,
          },
        }
      : {}),
  });
};

function block(url: URL, name: string, value: () => unknown, fixed: object): object {
  const variables = url.searchParams.getAll(name).flatMap((text) => text.split(","));
  if (variables.length === 0) return {};
  return { [name]: { ...fixed, ...Object.fromEntries(variables.map((variable) => [variable, value()])) } };
}
