import { join } from 'node:path';
import { WINDOW_SETTINGS_DEFAULT } from '@gaitway/contract';
import type { ServerSettings } from '@gaitway/reference-server';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { dataFolderOf, SERVER_FOLDER } from '../../data-folder.ts';
import { DATA_FLAG, STORE_FLAGS, storeUrls } from '../../flags/store-flags.ts';

export default class ServerStart extends BaseCommand {
  static override summary =
    'Start the reference server: gateway, processor and API, until Ctrl-C or SIGTERM.';
  static override description =
    'Without Redis and MongoDB it keeps everything in a data folder, in one process. The first Ctrl-C (or SIGTERM) lets devices go and archives what it may; the second stops at once.';
  static override examples = [
    '<%= config.bin %> server start',
    '<%= config.bin %> server start --port 9000 --window-seconds 5 --log-format json',
    '<%= config.bin %> server start --instances 2 --redis redis://127.0.0.1:6379 --mongo mongodb://127.0.0.1:27017/gaitway',
  ];
  static override flags = {
    roles: Flags.string({
      description: 'what it does, with commas between  [default: gateway,processor,api]',
    }),
    instances: Flags.integer({
      description: 'processes on consecutive ports; more than one needs Redis and MongoDB',
      default: 1,
      min: 1,
      max: 64,
    }),
    host: Flags.string({ description: 'address to listen at  [default: 127.0.0.1]' }),
    port: Flags.integer({
      description: 'port to listen at; 0: any that is free  [default: 8080]',
      min: 0,
      max: 65_535,
    }),
    ...STORE_FLAGS,
    data: DATA_FLAG,
    partitions: Flags.integer({
      description:
        'parts that readings are cut into; the stores keep the number that they began with  [default: 16]',
      min: 1,
      max: 1024,
    }),
    'window-seconds': Flags.integer({
      description: 'length of a window',
      default: WINDOW_SETTINGS_DEFAULT.windowMs / 1000,
      min: 1,
      max: 86_400,
    }),
    'window-origin': Flags.string({
      description: 'where windows are counted from: epoch, now, or a moment',
      default: 'epoch',
    }),
    'window-phase-spread-seconds': Flags.integer({
      description: "over how long patients' windows are spread; 0: all close together",
      default: WINDOW_SETTINGS_DEFAULT.windowPhaseSpreadMs / 1000,
      min: 0,
      max: 86_400,
    }),
    'drain-seconds': Flags.integer({
      description: 'over how long devices are sent elsewhere when it stops  [default: 5]',
      min: 0,
      max: 3600,
    }),
    'log-format': Flags.option({
      description: 'log lines for people, or one JSON object a line',
      options: ['plain', 'json'] as const,
      default: 'plain' as const,
    })(),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ServerStart);
    const service = await import('../../services/server-command.ts');
    const { realClock, SERVER_SETTINGS_DEFAULT: DEFAULT, serve, serverLog } = service;
    const { rolesOf, TOKEN_SECRET_VARIABLE, tokenSecretOf, windowOriginMs } = service;
    const dataFolder = dataFolderOf(flags.data);
    const settings: ServerSettings = {
      ...DEFAULT,
      host: flags.host ?? DEFAULT.host,
      port: flags.port ?? DEFAULT.port,
      roles: flags.roles === undefined ? DEFAULT.roles : rolesOf(flags.roles),
      instance: 'server-0',
      dataFolder: join(dataFolder, SERVER_FOLDER),
      ...storeUrls(flags),
      tokenSecret: tokenSecretOf(dataFolder, process.env),
      durability: flags.durability,
      partitions: flags.partitions ?? DEFAULT.partitions,
      cache: flags.cache,
      drainSpreadMs:
        flags['drain-seconds'] === undefined ? DEFAULT.drainSpreadMs : flags['drain-seconds'] * 1000,
      window: {
        windowMs: flags['window-seconds'] * 1000,
        windowOriginMs: windowOriginMs(flags['window-origin'], realClock.epochMs()),
        windowPhaseSpreadMs: flags['window-phase-spread-seconds'] * 1000,
      },
    };
    const log = serverLog(flags['log-format'], realClock, (line) => this.log(line));
    await serve(settings, flags.instances, {
      log,
      ready: (urls) => {
        log.info(`Ready at ${urls.join(', ')}. API document: ${urls[0]}/v1/openapi.json`);
        const secret = process.env[TOKEN_SECRET_VARIABLE]
          ? ` (with the same ${TOKEN_SECRET_VARIABLE})`
          : flags.data === undefined
            ? ''
            : ` --data ${flags.data}`;
        log.info(`Let a device in: gaitway token device --patient p000123 --device 124${secret}`);
        log.info(`Play a fleet:    gaitway fleet --target ${urls[0]} --patients 50${secret}`);
      },
    });
  }
}
