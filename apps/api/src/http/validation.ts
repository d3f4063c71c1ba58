import { StandardSchemaValidationPipe } from '@nestjs/common'
import { Refusal } from '@obb/contracts'

/** Holds what a request brings against the schema that its handler names. Raises Refusal `request_invalid`. */
export const validation = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    new Refusal('request_invalid', {
      details: issues.map((issue) =>
        [issue.path?.map(String).join('.'), issue.message].filter(Boolean).join(': '),
      ),
    }),
})
