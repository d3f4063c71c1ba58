import { Module } from '@nestjs/common'
import { AccountsModule } from '@obb/core/accounts'
import { BlocksModule } from '@obb/core/blocks'
import { FetchesModule } from '@obb/core/fetches'
import { FilesModule } from '@obb/core/files'
import { HealthModule } from '@obb/core/health'
import { HostsModule } from '@obb/core/hosts'
import { LevelsModule } from '@obb/core/levels'
import { NotificationsModule } from '@obb/core/notifications'
import { OriginModule } from '@obb/core/origin'
import { PoolModule } from '@obb/core/pool'
import { QueueModule } from '@obb/core/queue'
import { SchedulingModule } from '@obb/core/scheduling'
import { SecretsModule } from '@obb/core/secrets'
import { SetUpModule } from '@obb/core/set-up'
import { StoreStateModule } from '@obb/core/store-state'
import { StreamsModule } from '@obb/core/streams'
import { TrafficModule } from '@obb/core/traffic'
import {
  BlockSubject,
  FileSubject,
  HostAccountSubject,
  HostSubject,
  KeySubject,
  SecretsSubject,
  SetUpSubject,
  StoreSubject,
  UserSubject,
} from '../audit/audit-subjects.js'
import { AccountModule } from '../account/account.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { AuditNames } from '../audit/audit-names.js'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { PublicAddresses } from '../http/public-addresses.js'
import { InquiriesModule } from '../inquiries/inquiries.module.js'
import { LinksModule } from '../links/links.module.js'
import { MailModule } from '../mail/mail.module.js'
import { OidcModule } from '../oidc/oidc.module.js'
import { OperationModule } from '../operation/operation.module.js'
import { AccountProofs } from './account-proofs.js'
import { AuditController } from './audit.controller.js'
import { BlocksController } from './blocks.controller.js'
import { DoctorController } from './doctor.controller.js'
import { FilesController } from './files.controller.js'
import { GivenCookies } from './given-cookies.js'
import { HostAccountsController } from './host-accounts.controller.js'
import { HostViews } from './host-views.js'
import { HostsController } from './hosts.controller.js'
import { QueueController } from './queue.controller.js'
import { SecretsController } from './secrets.controller.js'
import { SettingsController } from './settings.controller.js'
import { SetUpStepsController } from './set-up-steps.controller.js'
import { StoreController } from './store.controller.js'
import { StreamsController } from './streams.controller.js'
import { UserKeysController } from './user-keys.controller.js'
import { UsersController } from './users.controller.js'

/** The admin API: what operators do, mostly through `./obb`. */
@Module({
  imports: [
    AccountModule,
    AccountsModule,
    BlocksModule,
    CallersModule,
    FetchesModule,
    FilesModule,
    GatewayAuditModule,
    HealthModule,
    HostsModule,
    InquiriesModule,
    LevelsModule,
    LinksModule,
    MailModule,
    NotificationsModule,
    OidcModule,
    OperationModule,
    PoolModule,
    QueueModule,
    OriginModule,
    SchedulingModule,
    SecretsModule,
    SetUpModule,
    StoreStateModule,
    StreamsModule,
    TrafficModule,
  ],
  controllers: [
    UserKeysController,
    UsersController,
    HostAccountsController,
    HostsController,
    FilesController,
    BlocksController,
    SecretsController,
    SettingsController,
    SetUpStepsController,
    StoreController,
    AuditController,
    DoctorController,
    QueueController,
    StreamsController,
  ],
  providers: [
    AccountProofs,
    AuditNames,
    BlockSubject,
    FileSubject,
    GivenCookies,
    HostAccountSubject,
    HostSubject,
    HostViews,
    KeySubject,
    PublicAddresses,
    SecretsSubject,
    SetUpSubject,
    StoreSubject,
    UserSubject,
  ],
  exports: [HostViews],
})
export class AdminModule {}
