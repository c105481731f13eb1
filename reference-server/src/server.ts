import { type Clock, FrameKind } from '@gaitway/contract';
import type { FastifyInstance } from 'fastify';
import type { Server as SocketServer } from 'socket.io';
import { buildApi } from './api/api.ts';
import type { ReadinessCheck } from './api/deps.ts';
import { pipelineView } from './api/pipeline-view.ts';
import { processorReadiness } from './api/readiness.ts';
import { PatientRegistry } from './archive/patient-registry.ts';
import { latestReading } from './fanout/latest-reading.ts';
import { attachRedisAdapter } from './fanout/redis-fan-out-adapter.ts';
import { SocketFanOut } from './fanout/socket-fan-out.ts';
import { DeviceGateway } from './gateway/device-gateway.ts';
import { handshake } from './gateway/handshake.ts';
import { closeSocketServer, socketServer } from './gateway/socket-server.ts';
import { ANSWERS_WAITING_MAX, endUnread } from './gateway/unread-packets.ts';
import { ViewerGateway } from './gateway/viewer-gateway.ts';
import { inferenceOf } from './infer/inference-of.ts';
import type { Model } from './infer/model.ts';
import { thresholdsOf } from './infer/model-file.ts';
import { modelsOf } from './infer/models-of.ts';
import { refuseRenamed } from './infer/roll-out/same-content.ts';
import { Ingest } from './ingest/ingest.ts';
import { RETRIEVED_MAX } from './insight/facts.ts';
import { foundFrom } from './insight/found-from.ts';
import { requestInsight } from './jobs/insight-job.ts';
import { startInsightWork } from './jobs/insight-work.ts';
import { createPrometheusMeter, type PrometheusMeter } from './observe/prometheus-meter.ts';
import { createStageTimer, type StageCpu, type StageTimer } from './observe/stage-timer.ts';
import type { ServerSettings } from './settings.ts';
import { RedisKeys } from './stores/redis-keys.ts';
import { openStores, type Stores } from './stores/stores.ts';
import { imageShelf } from './update/image-shelf.ts';
import { UpdateService } from './update/update-service.ts';
import type { WavePlan } from './update/wave-plan.ts';
import { ClosingControl } from './window/closing-control.ts';
import { PROCESSOR_SETTINGS_DEFAULT, Processor } from './window/processor.ts';
import { withinLimit } from './within-limit.ts';

/** Where a server says what a person should know; one line each, JSON in production. */
export interface ServerLog {
  info(says: string): void;
  warn(says: string): void;
}

export interface RunningServer {
  url: string;
  settings: ServerSettings;
  stores: Stores['names'];
  durability: Stores['log']['durability'];
  stages(): StageCpu[];
  metricsText(): Promise<string>;
  /** Tells devices to go elsewhere, answers what was taken, archives what may be, and closes. */
  stop(options?: { drainMs?: number }): Promise<void>;
}

export const SERVER_VERSION = '0.1.0';
const EXPIRE_EVERY_MS = 10 * 60_000;
/** How long each step of a shut-down may take, beside the time that devices are given to leave. */
const STOP_LIMITS_MS = { answers: 6000, processor: 10_000, insights: 3000, connections: 3000, stores: 5000 };
/** Requests that are under way when everything else is done, and peers that do not answer, have this long. */
const LAST_REQUESTS_MS = 1000;

/** Starts one server process' worth of the pipeline, in the roles that the settings name. */
export async function startServer(
  asked: ServerSettings,
  clock: Clock,
  log: ServerLog,
): Promise<RunningServer> {
  const { model, candidate } = modelsOf(asked);
  const meter = createPrometheusMeter();
  const stages = createStageTimer(() => clock.monotonicMs());
  const stores = await openStores(asked, clock, meter, (says) => log.warn(says));
  const settings = { ...asked, window: stores.window };
  const state: ServerState = { draining: false, model, candidate };
  const api = apiOf(settings, clock, meter, stores, log, state);
  try {
    if (settings.roles.includes('processor'))
      await refuseRenamed([model, candidate], stores.archive, (says) => log.warn(says));
    await api.listen({ host: settings.host, port: settings.port });
    return await assemble(settings, clock, log, { meter, stages, stores, api, state });
  } catch (error) {
    await api.close().catch(() => {});
    await stores.close();
    throw error;
  }
}

interface Parts {
  meter: PrometheusMeter;
  stages: StageTimer;
  stores: Stores;
  api: FastifyInstance;
  state: ServerState;
}

/** What readiness asks of the server itself. */
interface ServerState {
  draining: boolean;
  /** Who assesses. */
  model: Model;
  /** Who runs beside. */
  candidate: Model | undefined;
  processor?: Processor;
  /** The wave that it rolls over its devices, if it does. */
  wave?: WavePlan | undefined;
}

async function assemble(
  settings: ServerSettings,
  clock: Clock,
  log: ServerLog,
  parts: Parts,
): Promise<RunningServer> {
  const { meter, stages, stores, api, state } = parts;
  const { model } = state;
  const serves = new Set(settings.roles);
  const warn = (says: string) => log.warn(says);
  const httpServer = serves.has('gateway') ? api.server : undefined;
  const io: SocketServer = socketServer(httpServer);
  if (httpServer) endUnread(io, meter, ANSWERS_WAITING_MAX + settings.viewerQueuePacketsMax);
  const { tokenSecret } = settings;
  // Every Socket.IO server has a namespace '/'; here nobody may use it.
  io.use(handshake([], { clock, meter, tokenSecret, closedBecause: () => undefined }));
  const detach = settings.redisUrl
    ? await attachRedisAdapter(io, settings.redisUrl, new RedisKeys(settings.redisPrefix), warn)
    : undefined;
  const fanOut = new SocketFanOut(io, {
    clock,
    meter,
    instance: settings.instance,
    shared: detach !== undefined,
  });

  const updates = await updatesOf(settings, clock, meter, stores, warn);
  state.wave = updates?.plan;
  const ingest = new Ingest({
    log: stores.log,
    clock,
    meter,
    stages,
    settings,
    warn,
    durable: (claims, frame, bytes) => {
      updates?.durable(frame, bytes);
      if (frame.kind !== FrameKind.features || !fanOut.isWatched(claims.patient, claims.ward)) return;
      const { patient, ward } = claims;
      fanOut.publish({ kind: 'reading', patient, ward, reading: latestReading(claims, frame, bytes, model) });
    },
  });
  const patients = new PatientRegistry(stores.cachedArchive, clock);
  const gateway = serves.has('gateway')
    ? new DeviceGateway({
        io,
        ingest,
        clock,
        meter,
        tokenSecret,
        connectionsMax: settings.connectionsMax,
        connected: (profile) => patients.register(profile),
        updates,
      })
    : undefined;
  const viewers = serves.has('gateway')
    ? new ViewerGateway({
        io,
        archive: stores.cachedArchive,
        fanOut,
        clock,
        meter,
        tokenSecret,
        connectionsMax: settings.connectionsMax,
        viewerQueuePacketsMax: settings.viewerQueuePacketsMax,
        windowMs: settings.window.windowMs,
      })
    : undefined;
  const processor = serves.has('processor')
    ? new Processor({
        instance: settings.instance,
        log: stores.log,
        leases: stores.leases,
        archive: stores.cachedArchive,
        fanOut,
        clock,
        meter,
        stages,
        inference: inferenceOf(settings, {
          ...{ model, clock, meter, stages, warn },
          archive: stores.archive,
          candidate: state.candidate,
        }),
        warn,
        settings: {
          ...PROCESSOR_SETTINGS_DEFAULT,
          window: settings.window,
          allowedLatenessMs: settings.allowedLatenessMs,
          leaseTtlMs: settings.leaseTtlMs,
        },
      })
    : undefined;
  if (processor) state.processor = processor;
  processor?.start();
  // A queue of this process is worked off here, whatever its roles: nobody else knows of it.
  const insightWork =
    processor || settings.redisUrl === undefined
      ? startInsightWork({
          settings: settings.insights,
          foundFrom: foundFrom(model.file, state.candidate?.file),
          jobs: stores.jobs,
          archive: stores.archive,
          ...{ fanOut, clock, meter, warn },
          settleMs: settings.window.windowMs + settings.allowedLatenessMs,
        })
      : undefined;
  let stopped: Promise<void> | undefined;

  let expireTimer = clock.setTimer(EXPIRE_EVERY_MS, expire);
  function expire(): void {
    stores.archive.expire(clock.epochMs()).catch((error: unknown) => warn(`retention: ${String(error)}`));
    expireTimer = clock.setTimer(EXPIRE_EVERY_MS, expire);
  }

  const url = `http://${settings.host}:${portOf(api)}`;
  log.info(
    `${settings.roles.join(', ')} at ${url}; log ${stores.names.log}, archive ${stores.names.archive}, cache ${stores.names.cache}`,
  );
  return {
    url,
    settings,
    stores: stores.names,
    durability: stores.log.durability,
    stages: () => stages.stages(),
    metricsText: async () => (await meter.metricsText()).text,
    stop: ({ drainMs = settings.drainSpreadMs } = {}) => {
      stopped ??= stop(drainMs);
      return stopped;
    },
  };

  async function stop(drainMs: number): Promise<void> {
    const within = (limitMs: number) => ({ clock, limitMs, warn });
    state.draining = true;
    viewers?.drain();
    await gateway?.drain(drainMs);
    await withinLimit('answering what was taken', ingest.drain(), within(STOP_LIMITS_MS.answers));
    await withinLimit('the processor', processor?.stop(), within(STOP_LIMITS_MS.processor));
    await withinLimit('writing insights', insightWork?.stop(), within(STOP_LIMITS_MS.insights));
    clock.clearTimer(expireTimer);
    await withinLimit('the update wave', updates?.stop(), within(STOP_LIMITS_MS.answers));
    fanOut.close();
    const closing = closeSocketServer(io, httpServer, clock, LAST_REQUESTS_MS);
    const cutRequests = clock.setTimer(LAST_REQUESTS_MS, () => api.server.closeAllConnections());
    const closed = Promise.all([closing, api.close()]);
    await withinLimit('closing connections', closed, within(STOP_LIMITS_MS.connections));
    clock.clearTimer(cutRequests);
    detach?.();
    await withinLimit('closing the stores', stores.close(), within(STOP_LIMITS_MS.stores));
  }
}

/** The update wave of this server, when it has devices. */
async function updatesOf(
  { roles, updateWave }: ServerSettings,
  clock: Clock,
  meter: PrometheusMeter,
  stores: Stores,
  warn: (says: string) => void,
): Promise<UpdateService | undefined> {
  if (!roles.includes('gateway')) return undefined;
  return await UpdateService.open({ store: stores.wave, clock, meter, warn }, updateWave);
}

function apiOf(
  settings: ServerSettings,
  clock: Clock,
  meter: PrometheusMeter,
  stores: Stores,
  log: ServerLog,
  state: ServerState,
): FastifyInstance {
  const readiness: ReadinessCheck[] = [
    {
      name: 'this instance',
      check: async () => {
        if (state.draining) throw new Error('is shutting down');
      },
    },
    { name: `archive (${stores.names.archive})`, check: () => stores.archive.ping() },
    { name: `reading log (${stores.names.log})`, check: async () => void (await stores.log.entriesHeld()) },
  ];
  if (settings.roles.includes('processor')) {
    readiness.push(
      processorReadiness(() => (state.processor ? state.processor.problem() : 'has not started yet')),
    );
  }
  return buildApi({
    archive: stores.cachedArchive,
    clock,
    tokenSecret: settings.tokenSecret,
    meter,
    metricsText: () => meter.metricsText(),
    readiness,
    allowance: { ratePerSecond: settings.apiRatePerSecond, burst: settings.apiBurst },
    serves: settings.roles.includes('api') ? 'everything' : 'operations',
    control: new ClosingControl(stores.log, clock),
    insights: {
      spanMsMax: RETRIEVED_MAX.windows * settings.window.windowMs,
      request: (asked) => requestInsight(stores.jobs, meter, asked),
    },
    imageOf: imageShelf(stores.wave),
    failed: (error, request) => log.warn(`${request.method} ${request.url}: ${String(error)}`),
    settings: () => ({
      version: SERVER_VERSION,
      instance: settings.instance,
      roles: [...settings.roles],
      window: settings.window,
      allowedLatenessMs: settings.allowedLatenessMs,
      futureLimitMs: settings.futureLimitMs,
      model: {
        version: state.model.version,
        thresholds: thresholdsOf(state.model.file),
        declined: state.model.file.declined,
      },
      ...pipelineView(settings, state),
      partitions: settings.partitions,
      cache: settings.cache,
      retention: settings.retention,
      durability: stores.log.durability,
      stores: { ...stores.names, fanOut: settings.redisUrl ? 'socket.io redis adapter' : 'in process' },
    }),
  });
}

function portOf(api: FastifyInstance): number {
  const address = api.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
