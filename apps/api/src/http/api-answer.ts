import { HttpCode, applyDecorators } from '@nestjs/common'
import { RouteConfig } from '@nestjs/platform-fastify'
import { ApiResponse } from '@nestjs/swagger'
import { successSchema } from '@obb/contracts'
import type { z } from 'zod'

/**
 * What the handler returns leaves with 200, as `data` of the envelope (GatewayAdapter puts it there), and is documented
 * so. Failures are the same for all routes (FailureFilter).
 */
export function ApiAnswer(data: z.ZodType): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    RouteConfig({ enveloped: true }),
    ApiResponse({ status: 200, description: 'Success', standardSchema: successSchema(data) }),
  )
}
