import { Controller, UseGuards, applyDecorators } from '@nestjs/common'
import { ApiBearerAuth, ApiSecurity, ApiTags } from '@nestjs/swagger'
import { EXTERNAL_API, PORTAL_API } from '@obb/contracts'
import { CallerGuard } from '../callers/caller.guard.js'
import { JsonBody } from './body.js'

/**
 * Routes of the external API, version 1, which download clients speak: by API key and within its limits. Pages of the
 * portal have the same below its prefix, by session.
 */
export function ExternalApi(): ClassDecorator {
  return applyDecorators(
    Controller([EXTERNAL_API, PORTAL_API]),
    UseGuards(CallerGuard, JsonBody),
    ApiSecurity('X-Api-Key'),
    ApiBearerAuth(),
    ApiTags('External API'),
  )
}
