import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, DatabaseClock } from './clock/index.js'
import { CONFIG, type Config } from './config/index.js'
import { type DatabaseOptions, openDatabase } from './database/index.js'
import { LOG, type Log } from './log/index.js'

export interface CoreOptions {
  log: Log
  /** Most connections of this process to the database. */
  pool?: number | undefined
  /** PostgreSQL's unless given. */
  clock?: Clock | undefined
  /** Opens the database; `openDatabase` unless given. */
  open?: (url: string, options: DatabaseOptions) => Promise<DataSource>
}

/**
 * What every feature stands on, once per process and everywhere: the settings (`CONFIG`), the log (`LOG`), the
 * database (`DataSource`) and the time (`IoClock`). Features take of the settings what they need when they are imported,
 * so a process that is told no secrets imports none that want some. Closed after everything else.
 */
@Module({})
export class CoreModule implements OnApplicationShutdown {
  static forRoot(
    config: Pick<Config, 'DATABASE_URL'>,
    { log, pool, clock, open = openDatabase }: CoreOptions,
  ): DynamicModule {
    return {
      module: CoreModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOG, useValue: log },
        { provide: DataSource, useFactory: () => open(config.DATABASE_URL, { pool }) },
        {
          provide: Clock,
          inject: [DataSource],
          useFactory: (database: DataSource) => clock ?? DatabaseClock.start(database, log),
        },
      ],
      exports: [CONFIG, LOG, DataSource, Clock],
    }
  }

  constructor(private readonly database: DataSource) {}

  onApplicationShutdown(): Promise<void> {
    return this.database.destroy()
  }
}
