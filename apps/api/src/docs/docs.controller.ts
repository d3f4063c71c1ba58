import { Controller, Get, Header } from '@nestjs/common'
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger'
import { EXTERNAL_API } from '@obb/contracts'
import { Documentation } from './documentation.js'
import { ICON } from './front-page.js'
import { PAGE_POLICY } from './page.js'

/** For everybody: only the calls need a key. */
@ApiExcludeController()
@Controller()
export class DocsController {
  constructor(private readonly documentation: Documentation) {}

  /** icon is served where browsers look, whatever a page says; by its type they know what it is. */
  @Get('favicon.ico')
  @Header('content-security-policy', "default-src 'none'")
  @Header('cache-control', 'public, max-age=86400')
  @Header('content-type', 'image/svg+xml')
  icon(): string {
    return ICON
  }

  @Get(`${EXTERNAL_API}/openapi.json`)
  document(): OpenAPIObject {
    return this.documentation.document
  }

  @Get(`${EXTERNAL_API}/docs`)
  @Header('content-security-policy', PAGE_POLICY)
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return this.documentation.page
  }
}
