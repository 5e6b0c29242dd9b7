// A user pool token's claims as a REST API's function receives them: `requestContext.authorizer.claims`, all strings.

import type { JwtPayload } from "aws-jwt-verify/jwt-model";

/** Claims that API Gateway passes as a textual date instead of seconds (seen in many published events). */
const dates = new Set(["exp", "iat"]);

export function claimStrings(payload: JwtPayload): Readonly<Record<string, string>> {
  const present = Object.entries(payload).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, textOf(name, value)]));
}

function textOf(name: string, value: unknown): string {
  if (dates.has(name) && typeof value === "number") return javaDate(value);
  if (Array.isArray(value)) return value.map(String).join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The format of Java's Date.toString: `Sat Nov 21 08:00:00 UTC 2026`. */
function javaDate(seconds: number): string {
  const [weekday = "", day, month, year, time] = new Date(seconds * 1000).toUTCString().split(" ");
  return `${weekday.replace(",", "")} ${month} ${day} ${time} UTC ${year}`;
}
