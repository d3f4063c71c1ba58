import { ApiResponse } from '@nestjs/swagger'
import { successSchema } from '@obb/contracts'
import type { z } from 'zod'

/** Documents what a route answers: the envelope around `data`. Failures are the same for all (document.ts). */
export function ApiAnswer(data: z.ZodType): MethodDecorator {
  return ApiResponse({ status: 200, description: 'Success', standardSchema: successSchema(data) })
}
