import { join } from 'node:path';
import { realClock } from '@gaitway/reference-server/real-clock';
import { SERVER_SETTINGS_DEFAULT as DEFAULT, type ServerSettings } from '@gaitway/reference-server/settings';
import { TOKEN_SECRET_VARIABLE, tokenSecretOf } from '@gaitway/reference-server/token-secret';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { commandName } from '../../command-name.ts';
import { dataFolderOf, SERVER_FOLDER } from '../../data-folder.ts';
import { PIPELINE_FLAGS, pipelineSettings } from '../../flags/pipeline-flags.ts';
import { SERVER_NUMBER_FLAGS, withNumberFlags } from '../../flags/server-flags.ts';
import { DATA_FLAG, STORE_FLAGS, storeUrls } from '../../flags/store-flags.ts';
import { insistOnInstances, insistOnKept, rolesOf, windowOriginMs } from '../../services/server-settings.ts';

export default class ServerStart extends BaseCommand {
  static override summary =
    'Start the reference server: gateway, processor and API, until Ctrl-C or SIGTERM.';
  static override description =
    'Without Redis and MongoDB it keeps everything in a data folder, in one process. Stores keep the windows and partitions that they were begun with; a start with others is refused. The first Ctrl-C (or SIGTERM) lets devices go and archives what it may; the second stops at once.';
  static override examples = [
    '<%= config.bin %> server start',
    '<%= config.bin %> server start --port 9000 --data /tmp/ward --window-seconds 5',
    '<%= config.bin %> server start --redis redis://127.0.0.1 --mongo mongodb://127.0.0.1',
    '<%= config.bin %> server start --insights-every-minutes 60',
    '<%= config.bin %> server start --allowed-lateness-ms 5000 --keep-windows-days 30',
  ];
  static override flags = {
    roles: Flags.string({
      description: 'what it does, with commas between',
      default: DEFAULT.roles.join(','),
      helpValue: 'ROLES',
    }),
    instances: Flags.integer({
      description: 'processes on consecutive ports; more than one needs Redis and MongoDB',
      default: 1,
      min: 1,
      max: 64,
      helpValue: 'N',
    }),
    host: Flags.string({ description: 'address to listen at', default: DEFAULT.host, helpValue: 'ADDRESS' }),
    port: Flags.integer({
      description: 'port to listen at; 0: any that is free',
      default: DEFAULT.port,
      min: 0,
      max: 65_535,
      helpValue: 'PORT',
    }),
    ...STORE_FLAGS,
    'redis-prefix': Flags.string({
      description: 'what every key in Redis begins with; instances that work together have the same',
      default: DEFAULT.redisPrefix,
      helpValue: 'TEXT',
    }),
    data: DATA_FLAG,
    'window-seconds': Flags.integer({
      description: 'length of a window',
      default: DEFAULT.window.windowMs / 1000,
      helpValue: 'N',
      min: 1,
      max: 86_400,
    }),
    'window-origin': Flags.string({
      description:
        'where windows are counted from: epoch, a moment, or now, which is that of the first start: stores keep it',
      helpValue: 'MOMENT',
      default: 'epoch',
    }),
    'window-phase-spread-seconds': Flags.integer({
      description: "over how long patients' windows are spread; 0: all close together",
      default: DEFAULT.window.windowPhaseSpreadMs / 1000,
      helpValue: 'N',
      min: 0,
      max: 86_400,
    }),
    ...PIPELINE_FLAGS,
    'log-format': Flags.option({
      description: 'log lines for people, or one JSON object a line',
      options: ['plain', 'json'] as const,
      default: 'plain' as const,
    })(),
    ...SERVER_NUMBER_FLAGS,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ServerStart);
    const dataFolder = dataFolderOf(flags.data);
    const { host, port, durability, cache } = flags;
    const asked: ServerSettings = {
      ...DEFAULT,
      ...{ host, port, durability, cache },
      roles: rolesOf(flags.roles),
      instance: 'server-0',
      dataFolder: join(dataFolder, SERVER_FOLDER),
      ...storeUrls(flags),
      ...pipelineSettings(flags, process.env),
      redisPrefix: flags['redis-prefix'],
      tokenSecret: '',
      window: {
        windowMs: flags['window-seconds'] * 1000,
        windowOriginMs: windowOriginMs(flags['window-origin'], realClock.epochMs()),
        windowPhaseSpreadMs: flags['window-phase-spread-seconds'] * 1000,
      },
      reuseWindowOrigin: flags['window-origin'] === 'now',
    };
    const wanted = withNumberFlags(asked, flags);
    insistOnKept(wanted);
    insistOnInstances(flags.instances, wanted);
    const { modelsOf, serve, serverLog } = await import('../../services/server-command.ts');
    modelsOf(wanted);
    // Last: where there is no secret yet one is made, and a wrong flag is to leave nothing behind.
    const settings = { ...wanted, tokenSecret: tokenSecretOf(dataFolder, process.env) };
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
        log.info(`Let a device in: ${commandName()} token device --patient p000123 --device 124${secret}`);
        log.info(`Play a fleet:    ${commandName()} fleet --target ${urls[0]} --patients 50${secret}`);
      },
    });
  }
}
