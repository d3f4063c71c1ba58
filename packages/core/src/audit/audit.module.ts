import { Module } from '@nestjs/common'
import { AuditLog } from './audit-log.js'
import { AuthFailures } from './auth-failures.js'

@Module({ providers: [AuditLog, AuthFailures], exports: [AuditLog, AuthFailures] })
export class AuditModule {}
