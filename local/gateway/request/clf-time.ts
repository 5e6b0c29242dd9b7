// Time in Common Log Format, as in `requestContext.requestTime` and access logs: `09/Apr/2015:12:34:56 +0000`.

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

let lastSecond = -1;
let lastText = "";

/** @param epochMs milliseconds since the epoch */
export function clfTime(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  // Cached: under load many calls share the same second.
  if (second !== lastSecond) {
    const time = new Date(second * 1000);
    const [day, hours, minutes, seconds] = [
      time.getUTCDate(),
      time.getUTCHours(),
      time.getUTCMinutes(),
      time.getUTCSeconds(),
    ].map((part) => String(part).padStart(2, "0"));
    lastText = `${day}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}:${hours}:${minutes}:${seconds} +0000`;
    lastSecond = second;
  }
  return lastText;
}
