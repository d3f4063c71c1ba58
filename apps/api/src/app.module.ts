import { type DynamicModule, type InjectionToken, Module, type Provider } from '@nestjs/common'
import { APP_FILTER, APP_PIPE } from '@nestjs/core'
import { StandardSchemaValidationPipe } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { Admission } from '@obb/core/admission'
import { BlockList } from '@obb/core/blocks'
import { type Clock, DatabaseClock } from '@obb/core/clock'
import type { ApiConfig } from '@obb/core/config'
import { Documents } from '@obb/core/documents'
import { Fetches } from '@obb/core/fetches'
import { Files, StoredFiles } from '@obb/core/files'
import { Folders } from '@obb/core/folders'
import { HostBreaker } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { Links } from '@obb/core/links'
import { type Log, openLog } from '@obb/core/log'
import { DownloadUrls, Forwarding } from '@obb/core/origin'
import { AccountPool, AccountTrials } from '@obb/core/pool'
import { FetchQueue, Fetchers, queueSettings } from '@obb/core/queue'
import { FetchSchedule } from '@obb/core/scheduling'
import { Vault } from '@obb/core/secrets'
import { Installation, StoreHealth, StoreSweeps } from '@obb/core/store-state'
import { loadRegistry } from '@obb/host-adapters'
import { DataSource } from 'typeorm'
import { AccountProofs } from './admin/account-proofs.js'
import { AdminGuard } from './admin/admin.guard.js'
import { BlocksController } from './admin/blocks.controller.js'
import { HostAccountsController } from './admin/host-accounts.controller.js'
import { FilesController } from './admin/files.controller.js'
import { HostsController } from './admin/hosts.controller.js'
import { SecretsController } from './admin/secrets.controller.js'
import { StoreController } from './admin/store.controller.js'
import { UsersController } from './admin/users.controller.js'
import { openGatewayDatabase } from './database.js'
import { AccountLimits } from './external/account-limits.js'
import { CallerGuard } from './external/caller.guard.js'
import { CallerLinks } from './external/caller-links.js'
import { Callers } from './external/callers.js'
import { Explanation } from './external/explanation.js'
import { ExternalController } from './external/external.controller.js'
import { Expansions } from './external/expansions.js'
import { HostCalls } from './external/host-calls.js'
import { HostView } from './external/host-view.js'
import { InquiryController } from './external/inquiry.controller.js'
import { Inspections } from './external/inspections.js'
import { LastKnown } from './external/last-known.js'
import { LinkAnswers } from './external/link-answers.js'
import { LinkCheck } from './external/link-check.js'
import { NzbController } from './external/nzb.controller.js'
import { NzbUpload } from './external/nzb-upload.js'
import { RateLimits } from './external/rate-limits.js'
import { Unrestrict } from './external/unrestrict.js'
import { FailureFilter } from './failures/failure.filter.js'
import { KnownRoutes } from './failures/known-routes.js'
import { OpenConnections } from './http/open-connections.js'
import { HealthController } from './health.controller.js'
import { Resources } from './resources.js'
import { CLOCK, CONFIG, LOG } from './tokens.js'

export interface ApiOptions {
  config: ApiConfig
  /** PostgreSQL's unless given. */
  clock?: Clock
  log?: Log
}

/** The gateway: the external API, the admin API, and no traffic to hosts. */
@Module({})
export class AppModule {
  static register({ config, clock, log }: ApiOptions): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        ExternalController,
        InquiryController,
        NzbController,
        UsersController,
        HostAccountsController,
        HostsController,
        FilesController,
        BlocksController,
        SecretsController,
        StoreController,
        HealthController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        clockProvider(clock),
        { provide: LOG, useValue: log ?? openLog('api', config.LOG_LEVEL) },
        ...providers,
      ],
    }
  }
}

function clockProvider(clock: Clock | undefined): Provider {
  return {
    provide: CLOCK,
    inject: [DataSource, LOG],
    useFactory: (database: DataSource, log: Log) => clock ?? DatabaseClock.start(database, log),
  }
}

/** A class whose constructor takes these tokens, in order. */
function construct<Args extends unknown[], T>(
  type: new (...args: Args) => T,
  ...inject: InjectionToken[]
): Provider {
  return { provide: type, inject, useFactory: (...args: Args) => new type(...args) }
}

const providers: Provider[] = [
  {
    provide: DataSource,
    inject: [CONFIG],
    useFactory: (config: ApiConfig) =>
      openGatewayDatabase(config.DATABASE_URL, { pool: config.DATABASE_POOL }),
  },
  {
    provide: Vault,
    inject: [CONFIG],
    useFactory: (config: ApiConfig) => new Vault(config.SECRETS_KEY, config.SECRETS_KEYS_OLD),
  },
  {
    provide: FetchQueue,
    inject: [CONFIG, LOG],
    useFactory: (config: ApiConfig, log: Log) => new FetchQueue(queueSettings(config), log),
  },
  {
    provide: DownloadUrls,
    inject: [CONFIG, Forwarding],
    useFactory: ({ PUBLIC_PROXY_URL: publicUrl, PROXY_PORT: port }: ApiConfig, forwarding: Forwarding) =>
      new DownloadUrls({ publicUrl, port, forwarding }),
  },
  {
    provide: Forwarding,
    inject: [CONFIG],
    useFactory: ({ TRUSTED_PROXIES }: ApiConfig) => new Forwarding(TRUSTED_PROXIES),
  },
  {
    provide: HostCatalog,
    inject: [DataSource, CLOCK, Vault],
    useFactory: async (database: DataSource, clock: Clock, vault: Vault) =>
      new HostCatalog(await loadRegistry(), database, clock, vault),
  },
  {
    provide: Admission,
    inject: [DataSource, CLOCK, Files, AccountPool, CONFIG, BlockList, HostBreaker, Fetchers, StoreHealth],
    useFactory: (
      database: DataSource,
      clock: Clock,
      files: Files,
      pool: AccountPool,
      config: ApiConfig,
      ...gates: [BlockList, HostBreaker, Fetchers, StoreHealth]
    ) => new Admission(database, clock, files, pool, config.LINK_TTL, ...gates),
  },
  {
    provide: RateLimits,
    inject: [CLOCK, CONFIG],
    useFactory: (clock: Clock, config: ApiConfig) => new RateLimits(clock, config.RATE_LIMIT),
  },
  {
    provide: StoreHealth,
    inject: [DataSource, CLOCK],
    useFactory: (database: DataSource, clock: Clock) => new StoreHealth(database, clock),
  },
  {
    provide: Installation,
    inject: [DataSource, CLOCK],
    useFactory: (database: DataSource, clock: Clock) => new Installation(database, clock, ''),
  },
  construct(StoreSweeps, DataSource, CLOCK),
  construct(Accounts, DataSource, CLOCK),
  construct(BlockList, DataSource, CLOCK),
  construct(HostBreaker, DataSource, CLOCK),
  construct(Files, DataSource, CLOCK, Vault),
  construct(Links, DataSource, CLOCK),
  construct(Fetchers, DataSource, CLOCK),
  construct(Fetches, DataSource, CLOCK),
  construct(StoredFiles, DataSource, CLOCK),
  construct(FetchSchedule, DataSource, CLOCK, Fetches, AccountPool, HostBreaker),
  construct(AccountPool, DataSource, CLOCK, Vault),
  construct(AccountTrials, DataSource, CLOCK, Vault, AccountPool),
  construct(AccountProofs, AccountTrials, HostCalls, Fetchers),
  construct(HostView, DataSource, CLOCK, HostCatalog, AccountPool, HostBreaker),
  construct(AccountLimits, DataSource, CLOCK, HostCatalog, LastKnown),
  construct(LinkAnswers, HostCatalog, FetchSchedule, CLOCK),
  construct(CallerLinks, Links, Fetches, LinkAnswers),
  construct(HostCalls, FetchQueue),
  construct(Inspections, Files, Admission, HostCalls),
  construct(Folders, DataSource, CLOCK, Vault),
  {
    provide: Documents,
    inject: [DataSource, CLOCK],
    useFactory: (database: DataSource, clock: Clock) => new Documents(database, clock),
  },
  construct(Expansions, HostCatalog, Folders, Admission, HostCalls),
  construct(Explanation, HostCatalog, Files, Admission),
  construct(LinkCheck, HostCatalog, Files, Admission, Inspections, LOG),
  construct(Unrestrict, HostCatalog, Files, Links, Admission, Inspections, LinkAnswers, FetchQueue, LOG),
  construct(NzbUpload, HostCatalog, Documents, Folders, Expansions, Unrestrict),
  LastKnown,
  Callers,
  CallerGuard,
  AdminGuard,
  KnownRoutes,
  OpenConnections,
  Resources,
  FailureFilter,
  { provide: APP_FILTER, useExisting: FailureFilter },
  {
    provide: APP_PIPE,
    useValue: new StandardSchemaValidationPipe({
      exceptionFactory: (issues) =>
        new Refusal('request_invalid', {
          details: issues.map((issue) =>
            [issue.path?.map(String).join('.'), issue.message].filter(Boolean).join(': '),
          ),
        }),
    }),
  },
]
