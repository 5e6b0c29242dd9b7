// The settings that hold for the whole stack: its region, what protects it, the model function and the alarms.

import { regionPattern } from "../base/location";
import type { ApiSettings } from "./api-settings";
import type { SettingReader } from "./setting-reader";

export type StackSettings = Readonly<ReturnType<typeof readStackSettings>>;

/** A model's name, which stands in URLs. */
export const modelName = /^[A-Za-z0-9][\w.-]{0,63}$/;

const boundary = /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/;
const exampleBoundary = "arn:aws:iam::123456789012:policy/model-serving-boundary";

export function readStackSettings(read: SettingReader) {
  return {
    awsRegion: read.text("awsRegion", regionPattern, "an AWS region", "us-east-1"),
    protectData: read.boolean("protectData"),
    /** ARN of the permissions boundary of every role; empty for none. */
    permissionsBoundary: read.optional("permissionsBoundary", boundary, "an IAM policy's ARN", exampleBoundary),
    modelsFolder: read.text("modelsFolder", /^[^\0]+$/, "a folder", "models"),
    defaultModel: read.text("defaultModel", modelName, "a model's name", "mymodel"),
    modelMemory: read.integer("modelMemory", 512, 10_240),
    modelConcurrency: read.integer("modelConcurrency", 0, 10_000),
    /** Whether the APIs and their functions have alarms. */
    alarms: read.boolean("alarms"),
    /** E-mail address that the alarms are sent to; empty: none. */
    alarmEmail: read.optional("alarmEmail", /^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an e-mail address", "ops@example.com"),
    /** p99 latency, in milliseconds, at which an alarm fires. */
    latencyTarget: read.integer("latencyTarget", 1, 29_000),
    /**
     * Denied, or throttled, requests of an API in one minute at which an alarm fires. The most is a tenth of what API
     * Gateway serves to an account in a minute: a number beyond would hardly be reached.
     */
    refusalsPerMinute: read.integer("refusalsPerMinute", 1, 60_000),
  };
}

type Apis = Pick<ApiSettings, "apiGateway" | "auth0Authorizer" | "httpApi">;

/** Adds an error if APIs have alarms that nobody gets. */
export function checkAlarms(settings: StackSettings & Apis, read: SettingReader): void {
  if (settings.alarms && (settings.apiGateway || settings.auth0Authorizer || settings.httpApi))
    read.require("alarmEmail", "ops@example.com", "alarms are sent to it");
}
