import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger'

/** The OpenAPI document of the gateway, made from the routes and the schemas they validate with. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const description = [
    'Submit links of file hosts, poll until they are fetched, download them from our storage.',
    'Every failure has the same envelope; `status` is the number of the error table, `msg` is constant per',
    'status and cause.',
  ].join(' ')
  const base = new DocumentBuilder()
    .setTitle('OBB gateway')
    .setVersion('1')
    .setDescription(description)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'API key (`obb_…`) or admin token' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key' }, 'X-Api-Key')
    .build()
  return SwaggerModule.createDocument(app, base)
}
