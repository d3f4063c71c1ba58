import { Controller, UseGuards, applyDecorators } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { ADMIN_API } from '@obb/contracts'
import { AdminGuard } from '../admin/admin.guard.js'
import { JsonBody } from './body.js'

/** Routes of the admin API, below `path` of it: by the operator's token. */
export function AdminApi(path?: string): ClassDecorator {
  return applyDecorators(
    Controller(path === undefined ? ADMIN_API : `${ADMIN_API}/${path}`),
    UseGuards(AdminGuard, JsonBody),
    ApiBearerAuth(),
    ApiTags('Admin API'),
  )
}
