import { Module } from '@nestjs/common'
import { Links } from './links.js'
import { PgDownloads } from './pg-downloads.js'

@Module({
  providers: [Links, PgDownloads],
  exports: [Links, PgDownloads],
})
export class LinksModule {}
