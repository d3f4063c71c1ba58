import { type DynamicModule, Module } from '@nestjs/common'
import { APP_PIPE } from '@nestjs/core'
import { CoreModule } from '@obb/core'
import type { Clock } from '@obb/core/clock'
import type { ApiConfig } from '@obb/core/config'
import { type Log, openLog } from '@obb/core/log'
import { OriginModule } from '@obb/core/origin'
import { AccountModule } from './account/account.module.js'
import { AdminModule } from './admin/admin.module.js'
import { openGatewayDatabase } from './database.js'
import { DeviceModule } from './device/device.module.js'
import { DocsModule } from './docs/docs.module.js'
import { EventsModule } from './events/events.module.js'
import { FailuresModule } from './failures/failures.module.js'
import { FindingsModule } from './findings/findings.module.js'
import { HostsModule } from './hosts/hosts.module.js'
import { OpenConnections } from './http/open-connections.js'
import { validation } from './http/validation.js'
import { InquiriesModule } from './inquiries/inquiries.module.js'
import { KeysModule } from './keys/keys.module.js'
import { LinksModule } from './links/links.module.js'
import { MailModule } from './mail/mail.module.js'
import { NotificationsModule } from './notifications/notifications.module.js'
import { NzbModule } from './nzb/nzb.module.js'
import { OidcModule } from './oidc/oidc.module.js'
import { OperationModule } from './operation/operation.module.js'
import { OwnDataModule } from './own-data/own-data.module.js'
import { PortalModule } from './portal/portal.module.js'
import { SharesModule } from './shares/shares.module.js'
import { SignInModule } from './sign-in/sign-in.module.js'
import { StatusModule } from './status/status.module.js'

export interface ApiOptions {
  config: ApiConfig
  /** PostgreSQL's unless given. */
  clock?: Clock
  log?: Log
  /** Directory of a build of the portal, instead of that beside the gateway. */
  portal?: string
}

/** The gateway: the external API, the admin API, and no traffic to hosts. */
@Module({})
export class AppModule {
  static register({
    config,
    clock,
    log = openLog('api', config.LOG_LEVEL),
    portal,
  }: ApiOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.forRoot(config, { log, clock, pool: config.API_DATABASE_POOL, open: openGatewayDatabase }),
        FailuresModule,
        AccountModule,
        HostsModule,
        LinksModule,
        EventsModule,
        KeysModule,
        InquiriesModule,
        MailModule,
        NotificationsModule,
        NzbModule,
        AdminModule,
        FindingsModule,
        SharesModule,
        SignInModule,
        StatusModule,
        OidcModule,
        DeviceModule,
        DocsModule,
        OperationModule,
        OriginModule,
        OwnDataModule,
        PortalModule.register(portal),
      ],
      providers: [OpenConnections, { provide: APP_PIPE, useValue: validation }],
    }
  }
}
