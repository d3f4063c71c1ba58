import { type INestApplication, Injectable } from '@nestjs/common'
import type { OpenAPIObject } from '@nestjs/swagger'
import { openApiDocument } from './document.js'
import { documentationPage } from './documentation-page.js'

/** The OpenAPI document of the running gateway, and a page made of it. */
@Injectable()
export class Documentation {
  document: OpenAPIObject
  page: string

  /** Once, when the application has its routes. */
  describe(app: INestApplication): void {
    this.document = openApiDocument(app)
    this.page = documentationPage(this.document)
  }
}
