import { Module } from '@nestjs/common'
import { AuditModule } from '@obb/core/audit'
import { OriginModule } from '@obb/core/origin'
import { AuditUpkeep } from './audit-upkeep.js'
import { ClientAddress } from './client-address.js'

/** The audit log as the gateway writes it. */
@Module({
  imports: [AuditModule, OriginModule],
  providers: [AuditUpkeep, ClientAddress],
  exports: [AuditModule, ClientAddress],
})
export class GatewayAuditModule {}
