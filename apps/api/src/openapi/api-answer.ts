import { applyDecorators } from '@nestjs/common'
import { ApiResponse } from '@nestjs/swagger'
import { failureSchema, successSchema } from '@obb/contracts'
import type { z } from 'zod'

/** Documents what a route answers: the envelope around `data`, and the envelope of failures. */
export function ApiAnswer(data: z.ZodType): MethodDecorator {
  return applyDecorators(
    ApiResponse({ status: 200, description: 'Success', standardSchema: successSchema(data) }),
    ApiResponse({ status: 'default', description: 'Failure, by the table of statuses', standardSchema: failureSchema }),
  )
}
