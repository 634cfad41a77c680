import type { WranglerConfig } from "luna/service";
import type { MiniflareOptions } from "miniflare";

type WorkerOptions = MiniflareOptions["workers"][number];
export type WorkerConfig = WorkerOptions["config"];
export type Manifest = NonNullable<WorkerConfig["manifest"]>;
export type Bindings = NonNullable<WorkerConfig["env"]>;

/** The keys of a wrangler.jsonc that this mesh uses, beyond those the command line reads. */
export interface BoundConfig extends WranglerConfig {
  compatibility_date?: string;
  compatibility_flags?: string[];
  kv_namespaces?: { binding: string; id: string }[];
  queues?: { producers?: QueueProducer[]; consumers?: QueueConsumer[] };
  send_email?: { name: string }[];
  version_metadata?: { binding: string };
  ratelimits?: { name: string; namespace_id?: string; simple: { limit: number; period: number } }[];
  services?: {
    binding: string;
    service: string;
    entrypoint?: string;
    props?: Record<string, unknown>;
  }[];
  exports?: Record<string, { type: string; storage?: string }>;
}

interface QueueProducer {
  binding: string;
  queue: string;
}

interface QueueConsumer {
  queue: string;
  max_batch_size?: number;
  max_batch_timeout?: number;
  max_retries?: number;
  retry_delay?: number;
  dead_letter_queue?: string;
}

const textBindings = (values: Record<string, unknown>): Bindings =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string"
        ? { type: "text" as const, value }
        : { type: "json" as const, value: value as never },
    ]),
  );

const storageBindings = (config: BoundConfig): Bindings => ({
  ...Object.fromEntries(
    (config.d1_databases ?? []).map(({ binding, database_id }) => [
      binding,
      { type: "d1" as const, id: database_id },
    ]),
  ),
  ...Object.fromEntries(
    (config.kv_namespaces ?? []).map(({ binding, id }) => [binding, { type: "kv" as const, id }]),
  ),
  ...Object.fromEntries(
    (config.queues?.producers ?? []).map(({ binding, queue }) => [
      binding,
      { type: "queue" as const, name: queue },
    ]),
  ),
});

const peerBindings = (config: BoundConfig): Bindings => ({
  ...Object.fromEntries(
    (config.durable_objects?.bindings ?? []).map(({ name, class_name, script_name }) => [
      name,
      {
        type: "durable-object" as const,
        worker: script_name ?? config.name,
        exportName: class_name,
      },
    ]),
  ),
  ...Object.fromEntries(
    (config.services ?? []).map(({ binding, service, entrypoint, props }) => [
      binding,
      {
        type: "worker" as const,
        worker: service,
        ...(entrypoint === undefined ? {} : { exportName: entrypoint }),
        ...(props === undefined ? {} : { props }),
      },
    ]),
  ),
});

const platformBindings = (config: BoundConfig): Bindings => ({
  ...Object.fromEntries(
    (config.ratelimits ?? []).map(({ name, namespace_id, simple: { limit, period } }) => [
      name,
      {
        type: "rate-limit" as const,
        namespace: namespace_id ?? name,
        simple: { limit, period: period === 10 ? (10 as const) : (60 as const) },
      },
    ]),
  ),
  ...Object.fromEntries(
    (config.send_email ?? []).map(({ name }) => [name, { type: "send-email" as const }]),
  ),
  ...(config.version_metadata === undefined
    ? {}
    : { [config.version_metadata.binding]: { type: "version-metadata" as const } }),
});

/** Names of the Durable Object classes that a Worker declares. */
export const objectClasses = (config: BoundConfig): string[] =>
  Object.entries(config.exports ?? {})
    .filter(([, { type }]) => type === "durable-object")
    .map(([name]) => name);

/** Queues the Worker consumes, under the names that Miniflare gives the same settings. */
const triggersOf = (config: BoundConfig) =>
  (config.queues?.consumers ?? []).map((consumer) => ({
    type: "queue" as const,
    name: consumer.queue,
    ...(consumer.max_batch_size === undefined ? {} : { maxBatchSize: consumer.max_batch_size }),
    ...(consumer.max_batch_timeout === undefined
      ? {}
      : { maxBatchTimeout: consumer.max_batch_timeout }),
    ...(consumer.max_retries === undefined ? {} : { maxRetries: consumer.max_retries }),
    ...(consumer.retry_delay === undefined ? {} : { retryDelay: consumer.retry_delay }),
    ...(consumer.dead_letter_queue === undefined
      ? {}
      : { deadLetterQueue: consumer.dead_letter_queue }),
  }));

/**
 * What Miniflare 5 calls a Worker, from what wrangler.jsonc says of it. Crons are left out: nothing
 * in a benchmark may start by itself. `secrets` are bound as text, which is how a Worker sees them.
 */
export const workerConfig = (
  config: BoundConfig,
  secrets: Record<string, string>,
  manifest: Manifest,
): WorkerConfig => ({
  name: config.name,
  compatibilityDate: config.compatibility_date ?? "",
  compatibilityFlags: config.compatibility_flags ?? [],
  manifest,
  env: {
    ...textBindings({ ...config.vars, ...secrets }),
    ...storageBindings(config),
    ...peerBindings(config),
    ...platformBindings(config),
  },
  exports: Object.fromEntries(
    objectClasses(config).map((name) => [
      name,
      { type: "durable-object" as const, storage: "sqlite" as const },
    ]),
  ),
  triggers: triggersOf(config),
});
