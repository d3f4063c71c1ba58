import { Controller, type Type, UseGuards, UseInterceptors, applyDecorators } from '@nestjs/common'
import { ApiBearerAuth, ApiExcludeController, ApiTags } from '@nestjs/swagger'
import { ADMIN_API, PORTAL_ADMIN_API } from '@obb/contracts'
import { AdminGuard } from '../admin/admin.guard.js'
import type { AuditSubject } from '../audit/audit-subject.js'
import { AuditInterceptor, Audits } from '../audit/audit.interceptor.js'
import { JsonBody } from './body.js'

/**
 * Routes of the admin API, below `path` of it: by the operator's token, and in the portal by the role. `audits`: what those that write are about, for
 * the audit log; a controller without reads only.
 */
export function AdminApi(path: string, audits?: Type<AuditSubject>): ClassDecorator {
  return applyDecorators(
    adminApi([ADMIN_API, PORTAL_ADMIN_API], path, audits),
    ApiBearerAuth(),
    ApiTags('Admin API'),
  )
}

/** The same of the portal alone, for what takes a session. */
export function PortalAdminApi(path: string, audits: Type<AuditSubject>): ClassDecorator {
  return applyDecorators(adminApi([PORTAL_ADMIN_API], path, audits), ApiExcludeController())
}

function adminApi(prefixes: string[], path: string, audits?: Type<AuditSubject>): ClassDecorator {
  return applyDecorators(
    Controller(prefixes.map((prefix) => (path === '' ? prefix : `${prefix}/${path}`))),
    UseGuards(AdminGuard, JsonBody),
    UseInterceptors(AuditInterceptor),
    ...(audits === undefined ? [] : [Audits(audits)]),
  )
}
