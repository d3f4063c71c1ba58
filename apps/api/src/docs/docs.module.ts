import { Module } from '@nestjs/common'
import { DocsController } from './docs.controller.js'
import { Documentation } from './documentation.js'

/** DocsModule is for who writes clients: the documentation of the API, for people and for programs. */
@Module({
  controllers: [DocsController],
  providers: [Documentation],
})
export class DocsModule {}
