import { Module } from '@nestjs/common'
import { DocsController } from './docs.controller.js'
import { Documentation } from './documentation.js'

/** DocsModule is for whoever opens the server's address: a front page, and the documentation of the API. */
@Module({
  controllers: [DocsController],
  providers: [Documentation],
})
export class DocsModule {}
