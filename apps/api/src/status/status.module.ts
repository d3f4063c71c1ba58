import { Module } from '@nestjs/common'
import { HealthModule } from '@obb/core/health'
import { StatusPageModule } from '@obb/core/status-page'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { HostsModule } from '../hosts/hosts.module.js'
import { AnnouncementController } from './announcement.controller.js'
import { MaintenanceWatch } from './maintenance-watch.js'
import { StatusController } from './status.controller.js'
import { StatusFacts } from './status-facts.js'
import { StatusPageController } from './status-page.controller.js'
import { StatusPageSubject } from './status-page-subject.js'

/** What everybody may know of this server, as far as the operator wants it. */
@Module({
  imports: [CallersModule, GatewayAuditModule, HealthModule, HostsModule, StatusPageModule],
  controllers: [StatusController, AnnouncementController, StatusPageController],
  providers: [MaintenanceWatch, StatusFacts, StatusPageSubject],
})
export class StatusModule {}
